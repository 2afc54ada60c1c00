import type { Core } from '@strapi/strapi';
import type { Judgement } from '../../../plugin/compare/agreement';
import type { Decisions, FileId, Rules, Verdicts } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import { FILE } from '../access/content-api';
import type { ContentTypes } from '../search/content-types';
import type { EntryPicturesLookup } from '../search/entry-pictures';

export interface JudgementsDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
  entryPictures: Pick<EntryPicturesLookup, 'entry'>;
  rules: Pick<Rules, 'list'>;
  verdicts: Pick<Verdicts, 'all'>;
  decisions: Pick<Decisions, 'page'>;
}

/** A decision between two items, of a type or of whatever type. */
interface Decided {
  kind: Judgement['kind'];
  asked: { documentId: string };
  shown: { documentId: string; type: string };
}

/** Of a kind, the latest: more say nothing new of a model, and each costs two searches. */
const MOST = 1_000;
/** Of a set of pictures that are all different: every two of these. */
const MOST_OF_SET = 20;
/** An entry may get other pictures, and no decision says so. */
const KEPT_MS = 60_000;

/**
 * What editors decided, as the pictures that it is about: those of the file, or of the draft of the entry. What is hidden everywhere is
 * hidden beside nothing, and is left out.
 */
export function createJudgements(deps: JudgementsDeps) {
  const { strapi, contentTypes, entryPictures, rules, verdicts, decisions } = deps;
  let known: { state: string; until: number; judgements: Promise<Judgement[]> } | undefined;

  async function decided(): Promise<Decided[]> {
    const [stored, { pairs, sets }] = await Promise.all([rules.list(['pin', 'hide']), verdicts.all()]);
    const latest = stored.toSorted((a, b) => b.createdAt - a.createdAt);
    const ofRules = (rule: 'pin' | 'hide', kind: Judgement['kind']) =>
      latest
        .flatMap(({ kind: its, type, source, target }): Decided[] =>
          its === rule && source ? [{ kind, asked: { documentId: source }, shown: { documentId: target, type } }] : [],
        )
        .slice(0, MOST);
    const pair = (kind: Judgement['kind'], a: string, b: string): Decided => ({
      kind,
      asked: { documentId: a },
      shown: { documentId: b, type: 'file' },
    });
    const ofPairs = (kind: 'same' | 'different') => pairs.filter((said) => said.kind === kind).slice(-MOST);
    const apart = sets.flatMap((set) =>
      set.slice(0, MOST_OF_SET).flatMap((a, at, some) => some.slice(at + 1).map((b) => pair('different', a, b))),
    );
    return [
      ...ofRules('pin', 'pins'),
      ...ofRules('hide', 'hides'),
      ...ofPairs('same').map(({ a, b }) => pair('same', a, b)),
      ...[...ofPairs('different').map(({ a, b }) => pair('different', a, b)), ...apart].slice(0, MOST),
    ];
  }

  async function filesBy(documentIds: readonly string[]): Promise<Map<string, FileId[]>> {
    const found = new Map<string, FileId[]>();
    for (const chunk of chunks([...new Set(documentIds)])) {
      const query = { select: ['id', 'documentId'], where: { documentId: { $in: chunk } } };
      const rows: Array<{ id: FileId; documentId: string }> = await strapi.db.query(FILE).findMany(query);
      for (const { id, documentId } of rows) found.set(documentId, [id]);
    }
    return found;
  }

  /** Of entries of one type; of those that are gone there are none. */
  async function entriesBy(uid: string, documentIds: readonly string[]): Promise<Map<string, FileId[]>> {
    const type = contentTypes.all().get(uid);
    if (!type) return new Map();
    const version = { access: { status: 'draft' as const } };
    const entries = await Promise.all([...new Set(documentIds)].map((id) => entryPictures.entry(type, id, version)));
    return new Map(entries.flatMap((entry) => (entry ? [[entry.documentId, entry.pictures] as const] : [])));
  }

  async function resolved(): Promise<Judgement[]> {
    const all = await decided();
    const asked = all.map((one) => one.asked.documentId);
    const types = [...contentTypes.all().keys()];
    const shownOf = (of: string) => all.flatMap(({ shown }) => (shown.type === of ? [shown.documentId] : []));
    const byType = new Map([['file', await filesBy([...asked, ...shownOf('file')])]]);
    for (const uid of types) byType.set(uid, await entriesBy(uid, [...asked, ...shownOf(uid)]));
    const picturesAsked = (documentId: string) =>
      [...byType.values()].map((pictures) => pictures.get(documentId)).find((pictures) => pictures) ?? [];
    return all.map(({ kind, asked, shown }) => ({
      kind,
      asked: picturesAsked(asked.documentId),
      shown: byType.get(shown.type)?.get(shown.documentId) ?? [],
    }));
  }

  return {
    /** The same list until something is decided. */
    async all(): Promise<Judgement[]> {
      const { total, decisions: latest } = await decisions.page({ page: 1, pageSize: 1 });
      const state = `${total} ${latest[0]?.id} ${latest[0]?.createdAt}`;
      if (known?.state === state && performance.now() < known.until) return known.judgements;
      const judgements = resolved();
      const mine = { state, until: performance.now() + KEPT_MS, judgements };
      known = mine;
      judgements.catch(() => {
        if (known === mine) known = undefined;
      });
      return judgements;
    },
  };
}

export type Judgements = ReturnType<typeof createJudgements>;
