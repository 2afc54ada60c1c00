import { useIntl } from 'react-intl';
import type { Skipped, Told, ToldItem } from '../../../plugin/contracts/carry';
import type { SettingKey } from '../../../plugin/contracts/settings';
import { type TextId, useText } from '../hooks/use-text';
import { useTypes } from '../hooks/use-types';

/** As the page names them: the section, and the field where it has more than one. */
const SETTINGS: Record<SettingKey, readonly TextId[]> = {
  contentTypes: ['settings.types.title'],
  'thresholds.identical': ['settings.thresholds.title', 'settings.thresholds.identical'],
  'thresholds.nearDuplicate': ['settings.thresholds.title', 'settings.thresholds.nearDuplicate'],
  'thresholds.similar': ['settings.thresholds.title', 'settings.thresholds.similar'],
  fallback: ['settings.fallback.title'],
  'ranking.boost': ['settings.boost.title'],
  relate: ['settings.relate.title'],
  'uploads.notices': ['settings.uploads.title', 'settings.uploads.notices'],
  'webhook.url': ['settings.webhook.title', 'settings.webhook.url'],
  'webhook.headers': ['settings.webhook.title', 'settings.webhook.headers'],
  'webhook.secret': ['settings.webhook.title', 'settings.webhook.secret'],
  'webhook.debounceMs': ['settings.webhook.title', 'settings.webhook.debounce'],
  'webhook.top': ['settings.webhook.title', 'settings.webhook.top'],
  'webhook.files': ['settings.webhook.title', 'settings.webhook.files'],
  'api.cacheControl': ['settings.cache.title', 'settings.cache.header'],
};

/** Pictures of a verdict that are named: the others are counted. */
const MOST_NAMED = 4;

/** Lines of a report, in the reader's language. */
export function useTold() {
  const text = useText();
  const types = useTypes();
  const { formatList } = useIntl();

  const typeName = (uid: string) => types.find((type) => type.uid === uid)?.name ?? uid;

  function itemSaid({ type, documentId = '', label }: ToldItem): string {
    if (label !== undefined) return label;
    return type
      ? text('carry.item', { type: typeName(type), id: documentId })
      : text('carry.item.gone', { id: documentId });
  }

  function picturesSaid(pictures: readonly ToldItem[]): string {
    const names = pictures.slice(0, MOST_NAMED).map(itemSaid);
    const more = pictures.length - names.length;
    return formatList(more > 0 ? [...names, text('carry.pictures', { count: more })] : names, { type: 'conjunction' });
  }

  function said(told: Told): string {
    if (told.kind === 'setting') return SETTINGS[told.key].map((id) => text(id)).join(' › ');
    if ('pictures' in told) return text(`carry.line.${told.kind}`, { pictures: picturesSaid(told.pictures) });
    const { kind, on, place = 0 } = told;
    const item = itemSaid(told.item);
    if (!on) return text('carry.line.hideEverywhere', { item });
    return text(kind === 'pin' ? 'carry.line.pin' : 'carry.line.hideHere', { item, on: itemSaid(on), place });
  }

  function skippedSaid({ what, why, item = {} }: Skipped): string {
    const reason = text(`carry.why.${why}`, { item: itemSaid(item), type: item.type ?? '' });
    return text('carry.line.skipped', { what: said(what), reason });
  }

  return { said, skippedSaid };
}
