import { useIntl } from 'react-intl';
import texts from '../translations/en.json';

export type TextId = keyof typeof texts;

type Values = Record<string, string | number>;

/** Texts of the plugin in the administrator's language, by default in English. */
export function useText(): (id: TextId, values?: Values) => string {
  const { formatMessage } = useIntl();
  return (id, values) => formatMessage({ id: `similar.${id}`, defaultMessage: texts[id] }, values);
}
