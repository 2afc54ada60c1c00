import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import { type Weights, weightsOf } from '../../../plugin/search/weights';
import { chunks, pagesOf } from '../../../plugin/store/chunks';
import { FILE } from '../access/content-api';
import { modelOf } from '../util/models';
import { type PictureType, stepsOf } from './content-types';
import { TtlCache } from './ttl-cache';

/** Id of a row of a content type: of one entry in one locale and state. */
export type RowId = number;

/** A field of an entry or component that holds a file. */
interface Link {
  id: number;
  fileId: FileId;
  uid: string;
  rowId: RowId;
  field: string;
  order: number | null;
}

const LINK = {
  id: 'id',
  fileId: 'file_id',
  uid: 'related_type',
  rowId: 'related_id',
  field: 'field',
  order: 'order',
} satisfies Record<keyof Link, string>;

/** A component in a field of an entry or of another component. */
interface Part {
  parentId: RowId;
  partId: RowId;
  uid: string;
  field: string;
  order: number | null;
}

const PART = {
  parentId: 'entity_id',
  partId: 'cmp_id',
  uid: 'component_type',
  field: 'field',
  order: 'order',
} satisfies Record<keyof Part, string>;

/** A type or component with the fields on the way to pictures. */
interface Node {
  uid: string;
  /** Media fields, with the place of their path among the type's paths. */
  fields: Map<string, number>;
  parts: Array<{ field: string; node: Node }>;
}

/** All ways to the pictures of a type. */
interface Ways {
  root: Node;
  /** Of the type, and of the components that hold pictures. */
  uids: string[];
}

/** The pictures of an entry, or files of whatever kind, in the order of the type's paths. */
export interface Pictures {
  pictures: FileId[];
  /** Where the type weighs its paths. */
  weights?: Weights;
}

/** Where a picture lies in an entry: the path, then its places in lists. */
type Place = number[];

export interface Held {
  /** Files by the rows of the type that hold them. */
  rows: Map<RowId, FileId[]>;
  /** Files that so many rows hold that they are left out here: `pagesHolding` reads them. */
  shared: ReadonlySet<FileId>;
}

/** A picture in more fields than this is looked up by itself. */
const MANY = 200;
/** More links than this per statement are counted before they are read. */
const CROWD = 2_000;
/** A picture that many share is taken for one for so long: wrongly, it costs a statement. */
const SHARED_MS = 5 * 60_000;
const MAX_SHARED = 10_000;

/**
 * Which rows hold which pictures, read from Strapi's relation tables by their indexes: a filter through the relation would look
 * at every entry, join a table for each way to a picture, and give an entry once per picture. Columns are those of Strapi's
 * `@strapi/core` (transform-content-types-to-models) and `@strapi/database` (metadata/relations).
 */
export function createPictureRelations({ strapi }: { strapi: Core.Strapi }) {
  const shared = new TtlCache<FileId, true>(SHARED_MS, MAX_SHARED);
  const ways = new WeakMap<PictureType, Ways>();

  const linkTable = () => joinTableOf(strapi, FILE, 'related');
  const partTable = ({ uid, parts: [{ field }] }: Node) => joinTableOf(strapi, uid, field);

  function waysOf(type: PictureType): Ways {
    let known = ways.get(type);
    if (!known) {
      const root = newNode(type.uid);
      for (const [at, path] of type.paths.entries()) grow(strapi, root, path, at);
      known = { root, uids: uidsOf(root) };
      ways.set(type, known);
    }
    return known;
  }

  const links = () => strapi.db.getConnection(linkTable()).select(LINK);

  /** The parts of these rows, or these parts of whatever rows. */
  async function partsOf(node: Node, column: 'entity_id' | 'cmp_id', ids: RowId[]): Promise<Part[]> {
    const wanted = new Set(node.parts.map(({ field, node: part }) => keyOf(field, part.uid)));
    const found: Part[] = [];
    for (const chunk of chunks(ids)) {
      // Nothing else is asked for: SQLite would rather use the index of another column, which tells hardly any rows apart.
      const parts: Part[] = await strapi.db.getConnection(partTable(node)).whereIn(column, chunk).select(PART);
      found.push(...parts.filter(({ field, uid }) => wanted.has(keyOf(field, uid))));
    }
    return found;
  }

  /** The rows of a node that hold these links, in a field of their own or in parts of theirs. */
  async function climb(node: Node, all: ReadonlyMap<string, Link[]>): Promise<Map<RowId, Set<FileId>>> {
    const held = new Map<RowId, Set<FileId>>();
    const add = (rowId: RowId, files: Iterable<FileId>) => {
      const known = held.get(rowId) ?? new Set();
      for (const id of files) known.add(id);
      held.set(rowId, known);
    };
    for (const { rowId, field, fileId } of all.get(node.uid) ?? []) if (node.fields.has(field)) add(rowId, [fileId]);
    if (node.parts.length === 0) return held;
    const below = new Map<string, Map<RowId, Set<FileId>>>();
    for (const { field, node: part } of node.parts) below.set(keyOf(field, part.uid), await climb(part, all));
    const ids = new Set([...below.values()].flatMap((rows) => [...rows.keys()]));
    if (ids.size === 0) return held;
    for (const { parentId, partId, uid, field } of await partsOf(node, 'cmp_id', [...ids])) {
      const files = below.get(keyOf(field, uid))?.get(partId);
      if (files) add(parentId, files);
    }
    return held;
  }

  async function rowsOf(type: PictureType, found: Link[]): Promise<Map<RowId, FileId[]>> {
    const held = await climb(waysOf(type).root, byUid(found));
    return new Map([...held].map(([rowId, files]) => [rowId, [...files]]));
  }

  /** Of those of these files that few share, and which the others are: these are remembered. */
  async function linksOf(type: PictureType, fileIds: FileId[]): Promise<{ few: Link[]; crowded: Set<FileId> }> {
    const ofFiles = (ids: FileId[]) => links().whereIn('related_type', waysOf(type).uids).whereIn('file_id', ids);
    const found: Link[] = await ofFiles(fileIds).limit(CROWD + 1);
    if (found.length <= CROWD) return { few: found, crowded: new Set() };
    const ids: FileId[] = await strapi.db
      .getConnection(linkTable())
      .whereIn('file_id', fileIds)
      .groupBy('file_id')
      .having(strapi.db.connection.raw('count(*) > ?', [MANY]))
      .pluck('file_id');
    const keep = shared.begin();
    for (const id of ids) keep(id, true);
    const crowded = new Set(ids);
    const others = fileIds.filter((id) => !crowded.has(id));
    return { few: others.length === 0 ? [] : await ofFiles(others), crowded };
  }

  /** Says of each picture below these rows where its place in the entry is. */
  async function descend(
    node: Node,
    rows: ReadonlyMap<RowId, Array<{ root: RowId; place: Place }>>,
    place: (root: RowId, fileId: FileId, place: Place) => void,
  ): Promise<void> {
    if (rows.size === 0) return;
    const ids = [...rows.keys()];
    for (const chunk of node.fields.size > 0 ? chunks(ids) : []) {
      const ofNode = links().where('related_type', node.uid).whereIn('related_id', chunk);
      const found: Link[] = await ofNode.whereIn('field', [...node.fields.keys()]);
      for (const { rowId, field, fileId, order } of found) {
        const path = node.fields.get(field) as number;
        for (const { root, place: before } of rows.get(rowId) ?? []) place(root, fileId, [path, ...before, order ?? 0]);
      }
    }
    if (node.parts.length === 0) return;
    const parts = await partsOf(node, 'entity_id', ids);
    for (const { field, node: part } of node.parts) {
      const below = new Map<RowId, Array<{ root: RowId; place: Place }>>();
      for (const { parentId, partId, order } of parts.filter((one) => one.field === field && one.uid === part.uid)) {
        const owners = (rows.get(parentId) ?? []).map(({ root, place }) => ({ root, place: [...place, order ?? 0] }));
        below.set(partId, [...(below.get(partId) ?? []), ...owners]);
      }
      await descend(part, below, place);
    }
  }

  /** Where components lie: in fields of types and of other components, by the component's uid. */
  function ownersByPart(): Map<string, Node[]> {
    const owners = new Map<string, Node[]>();
    for (const uid of [...Object.keys(strapi.contentTypes), ...Object.keys(strapi.components)]) {
      const byPart = new Map<string, Node>();
      for (const [field, { component, components }] of Object.entries(modelOf(strapi, uid).attributes)) {
        for (const part of components ?? (component ? [component] : [])) {
          const owner = byPart.get(part) ?? newNode(uid);
          owner.parts.push({ field, node: newNode(part) });
          byPart.set(part, owner);
        }
      }
      for (const [part, owner] of byPart) owners.set(part, [...(owners.get(part) ?? []), owner]);
    }
    return owners;
  }

  /** Rows of components become those of the content types that they lie in, with the files of theirs. */
  async function entriesAbove(rows: Owners): Promise<Owners> {
    const found: Owners = new Map([...rows].map(([uid, own]) => [uid, new Map(own)]));
    const byPart = ownersByPart();
    const isPart = (uid: string) => !(uid in strapi.contentTypes);
    // Components in components: upwards, until only entries are left.
    for (let uid = [...found.keys()].find(isPart); uid; uid = [...found.keys()].find(isPart)) {
      const parts = found.get(uid) as Map<RowId, FileId[]>;
      found.delete(uid);
      for (const owner of byPart.get(uid) ?? []) {
        for (const { parentId, partId } of await partsOf(owner, 'cmp_id', [...parts.keys()])) {
          addOwner(found, owner.uid, parentId, parts.get(partId) ?? []);
        }
      }
    }
    return found;
  }

  return {
    /** Strapi's tables of which component lies in what, on the ways to the pictures of these types. */
    partTables(types: Iterable<PictureType>): string[] {
      const tables = (node: Node): string[] =>
        node.parts.length === 0 ? [] : [partTable(node), ...node.parts.flatMap((part) => tables(part.node))];
      return [...new Set([...types].flatMap((type) => tables(waysOf(type).root)))];
    },

    /** The rows of every content type that hold these files in whatever field, by type: files by rows, in ascending order. */
    async owners(fileIds: readonly FileId[]): Promise<Owners> {
      const found: Owners = new Map();
      for (const chunk of chunks(fileIds)) {
        const ofFiles: Link[] = await links().whereIn('file_id', chunk).orderBy('related_id');
        for (const { uid, rowId, fileId } of ofFiles) addOwner(found, uid, rowId, [fileId]);
      }
      return entriesAbove(found);
    },

    entriesAbove,

    /** Rows in any locale and state. */
    async rowsHolding(type: PictureType, fileIds: readonly FileId[]): Promise<Held> {
      const rows = new Map<RowId, FileId[]>();
      const ids = [...new Set(fileIds)];
      const others = new Set(ids.filter((id) => shared.get(id)));
      for (const chunk of chunks(ids.filter((id) => !others.has(id)))) {
        const { few, crowded } = await linksOf(type, chunk);
        for (const id of crowded) others.add(id);
        const found = await rowsOf(type, few);
        for (const [rowId, files] of found) rows.set(rowId, [...(rows.get(rowId) ?? []), ...files]);
      }
      return { rows, shared: others };
    },

    /** Page by page, so that whoever has enough can stop; always in the same order. */
    async *pagesHolding(type: PictureType, fileId: FileId): AsyncGenerator<RowId[]> {
      const { root, uids } = waysOf(type);
      const ofFile = () =>
        links().whereIn('related_type', uids).whereIn('field', fieldsOf(root)).where('file_id', fileId);
      for await (const page of pagesOf<Link>(ofFile, 'id')) yield [...(await rowsOf(type, page)).keys()];
    },

    /** The files of these rows, in the order of the type's paths; of whatever kind they are. */
    async filesOf(type: PictureType, rowIds: readonly RowId[]): Promise<Map<RowId, Pictures>> {
      const places = new Map<RowId, Array<{ fileId: FileId; place: Place }>>();
      const rows = new Map(rowIds.map((root) => [root, [{ root, place: [] }]]));
      await descend(waysOf(type).root, rows, (root, fileId, place) => {
        places.set(root, [...(places.get(root) ?? []), { fileId, place }]);
      });
      return new Map(
        rowIds.map((id) => {
          const files = (places.get(id) ?? []).sort((a, b) => compare(a.place, b.place));
          const pictures = [...new Set(files.map(({ fileId }) => fileId))];
          const { weights } = type;
          if (!weights) return [id, { pictures }];
          return [
            id,
            { pictures, weights: weightsOf(files.map(({ fileId, place: [path] }) => [fileId, weights[path]])) },
          ];
        }),
      );
    },
  };
}

export type PictureRelations = ReturnType<typeof createPictureRelations>;

/** Rows by their type or component, each with files. */
export type Owners = Map<string, Map<RowId, FileId[]>>;

/** Those that any of the rows holds. */
export const filesOf = (owners: Owners): Set<FileId> =>
  new Set([...owners.values()].flatMap((rows) => [...rows.values()].flat()));

function addOwner(found: Owners, uid: string, rowId: RowId, files: FileId[]): void {
  const rows = found.get(uid) ?? new Map<RowId, FileId[]>();
  rows.set(rowId, [...new Set([...(rows.get(rowId) ?? []), ...files])]);
  found.set(uid, rows);
}

const newNode = (uid: string): Node => ({ uid, fields: new Map(), parts: [] });

function grow(strapi: Core.Strapi, root: Node, path: string[], at: number): void {
  let node = root;
  const steps = stepsOf(path);
  for (const { name, component } of steps.slice(0, -1)) {
    const uid = component ?? (modelOf(strapi, node.uid).attributes[name].component as string);
    let part = node.parts.find((one) => one.field === name && one.node.uid === uid);
    if (!part) {
      part = { field: name, node: newNode(uid) };
      node.parts.push(part);
    }
    node = part.node;
  }
  node.fields.set(steps[steps.length - 1].name, at);
}

function uidsOf(node: Node): string[] {
  return [...new Set([node.uid, ...node.parts.flatMap((part) => uidsOf(part.node))])];
}

function fieldsOf(node: Node): string[] {
  return [...new Set([...node.fields.keys(), ...node.parts.flatMap((part) => fieldsOf(part.node))])];
}

function joinTableOf(strapi: Core.Strapi, uid: string, attribute: string): string {
  const { attributes } = strapi.db.metadata.get(uid);
  return (attributes[attribute] as unknown as { joinTable: { name: string } }).joinTable.name;
}

const keyOf = (field: string, uid: string) => `${field} ${uid}`;

function byUid(links: Link[]): Map<string, Link[]> {
  const found = new Map<string, Link[]>();
  for (const link of links) {
    const known = found.get(link.uid);
    if (known) known.push(link);
    else found.set(link.uid, [link]);
  }
  return found;
}

function compare(a: Place, b: Place): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at] - (b[at] ?? Number.NEGATIVE_INFINITY);
}
