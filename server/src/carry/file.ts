import { z } from 'zod';
import { type SettingsChange, settingsSchema } from '../../../plugin/contracts/settings';
import { SimilarError } from '../../../plugin/errors';
import { zodProblem } from '../validation/zod-issue';
import { ID } from '../validation/zod-query';

const FORMAT = 'similar-decisions';
const VERSION = 1;

/** They are secrets, or belong to one environment: a copy in production of what is for testing would tell the wrong one. */
export const STAYING = ['webhook.url', 'webhook.headers', 'webhook.secret'] as const;

const id = z.string().regex(ID);
/** A name of a picture that holds elsewhere, as numbers and documentIds of files need not. */
const picture = z
  .strictObject({
    type: z.literal('file'),
    name: z.string().max(1_000).optional(),
    hash: id.optional(),
    content: z
      .string()
      .regex(/^[0-9a-f]{31}$/, { error: 'Expected 31 hexadecimal digits' })
      .optional(),
  })
  .refine(({ hash, content }) => hash || content, { path: ['hash'], error: 'Expected a hash, or content' });
const uid = z
  .string()
  .max(120)
  .regex(/^(api|plugin)::[a-z0-9-]+\.[a-z0-9-]+$/, { error: 'Expected file, or the uid of a content type' });
const entry = z.strictObject({ type: uid, documentId: id });
const item = z.union([picture, entry], {
  error: 'Expected a file (with hash or content) or an entry (with documentId)',
});
const author = z.string().max(600).optional();

const rule = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('pin'), target: item, source: item, place: z.int().min(1).max(1_000), author }),
    z.strictObject({ kind: z.literal('hide'), target: item, source: item.optional(), author }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'Expected one of pin, hide' : undefined) },
);
const verdict = z.strictObject({ kind: z.enum(['same', 'different']), pictures: z.array(picture).min(2), author });

const schema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  settings: settingsSchema.omit({ 'webhook.url': true, 'webhook.headers': true, 'webhook.secret': true }).optional(),
  rules: z.array(rule).optional(),
  verdicts: z.array(verdict).optional(),
});

export type CarriedPicture = z.output<typeof picture>;
export type CarriedItem = z.output<typeof item>;
export type CarriedRule = z.output<typeof rule>;
export type CarriedVerdict = z.output<typeof verdict>;

export interface Carried {
  settings?: SettingsChange;
  rules?: CarriedRule[];
  verdicts?: CarriedVerdict[];
}

/** The same decisions make the same text, so that it can be kept in git: sorted, an item a line. */
export function writeFile({ settings, rules, verdicts }: Carried): string {
  const parts = {
    ...(settings && { settings: Object.fromEntries(Object.entries(settings).sort(byText)) }),
    ...(rules && { rules: rules.map(ruleInOrder).sort(byText) }),
    ...(verdicts && { verdicts: verdicts.map(verdictInOrder).sort(byText) }),
  };
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...parts }, undefined, 2)}\n`;
}

/** @throws SimilarError `DECISIONS_INVALID` naming what is wrong, and where. */
export function readFile(text: string): Carried {
  const input = parsed(text);
  const { format, version } = (input ?? {}) as { format?: unknown; version?: unknown };
  if (format === FORMAT && Number.isInteger(version) && (version as number) > VERSION) {
    throw new SimilarError(
      'DECISIONS_INVALID',
      `Version ${version} of the file is newer than ${VERSION}, which this is`,
    );
  }
  const read = schema.safeParse(input);
  if (!read.success) throw zodProblem(read.error, input, 'DECISIONS_INVALID', 'config');
  const { settings, rules, verdicts } = read.data;
  if (verdicts) checkVerdicts(verdicts);
  return { settings, rules, verdicts };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new SimilarError('DECISIONS_INVALID', `The file is no JSON: ${(cause as Error).message}`, {}, { cause });
  }
}

/** Of two pictures that are called both, nobody knows what they are. */
function checkVerdicts(verdicts: CarriedVerdict[]): void {
  const kinds = new Map<string, string>();
  for (const [at, { kind, pictures }] of verdicts.entries()) {
    const about = pictures.map(nameOf).sort().join('\n');
    const before = kinds.get(about) ?? kind;
    if (before !== kind) {
      const name = `verdicts.${at}`;
      throw new SimilarError('DECISIONS_INVALID', `${name} says the opposite of an earlier one`, { name });
    }
    kinds.set(about, kind);
  }
}

/** Two items with the same name are one. */
export function nameOf(one: CarriedItem): string {
  if ('documentId' in one) return `${one.type} ${one.documentId}`;
  return `file ${one.hash ?? ''} ${one.content ?? ''}`;
}

function ruleInOrder(rule: CarriedRule): object {
  const { kind, source, target, author } = rule;
  return {
    kind,
    ...(source && { source: itemInOrder(source) }),
    target: itemInOrder(target),
    ...(rule.kind === 'pin' && { place: rule.place }),
    ...(author && { author }),
  };
}

const verdictInOrder = ({ kind, pictures, author }: CarriedVerdict): object => ({
  kind,
  pictures: pictures.map(itemInOrder),
  ...(author && { author }),
});

function itemInOrder(one: CarriedItem): CarriedItem {
  if ('documentId' in one) return { type: one.type, documentId: one.documentId };
  const { hash, name, content } = one;
  return { type: 'file', ...(name && { name }), ...(hash && { hash }), ...(content && { content }) };
}

/** By what it is, not by a language. */
function byText(a: unknown, b: unknown): number {
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
