import { Field, Flex, SingleSelect, SingleSelectOption, Typography } from '@strapi/design-system';
import type { SettableType } from '../../../plugin/contracts/settings';
import { useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

type Fallbacks = Record<string, { same?: string; sort: string }>;

const OFF = 'off';
const ANY = 'any';

/** What databases put in an order. */
const SORTABLE = new Set([
  'string',
  'integer',
  'biginteger',
  'decimal',
  'float',
  'date',
  'datetime',
  'time',
  'boolean',
]);
/** What entries can have in common. */
const COMPARABLE = new Set([...SORTABLE, 'enumeration', 'relation']);

/** By type: what fills an answer that has too few look-alikes. */
export function Fallback({ types }: { types: SettableType[] }) {
  const text = useText();
  const setting = useSetting<Fallbacks>('fallback');
  const { shown, fixed, change } = setting;

  function set(uid: string, value: Fallbacks[string] | undefined): void {
    const { [uid]: _, ...others } = shown;
    change(value ? { ...others, [uid]: value } : others);
  }

  return (
    <Field.Root error={setting.error} width="100%">
      <Flex direction="column" alignItems="stretch" gap={4}>
        {types.length === 0 && <Typography>{text('settings.types.none')}</Typography>}
        {types.map(({ uid, name, attributes }) => {
          const { same, sort } = shown[uid] ?? {};
          const named = (kinds: Set<string>) => attributes.filter(({ type }) => kinds.has(type)).map((a) => a.name);
          return (
            <Flex key={uid} gap={4} wrap="wrap" role="group" aria-label={name}>
              <Field.Root width="280px">
                <Field.Label>{text('settings.fallback.order', { type: name })}</Field.Label>
                <SingleSelect
                  value={sort ?? OFF}
                  disabled={fixed}
                  onChange={(value) =>
                    set(uid, value === OFF ? undefined : { ...(same && { same }), sort: String(value) })
                  }
                >
                  <SingleSelectOption value={OFF}>{text('settings.fallback.off')}</SingleSelectOption>
                  {named(SORTABLE).flatMap((attribute) =>
                    (['asc', 'desc'] as const).map((direction) => (
                      <SingleSelectOption key={`${attribute}:${direction}`} value={`${attribute}:${direction}`}>
                        {text(`settings.fallback.${direction}`, { attribute })}
                      </SingleSelectOption>
                    )),
                  )}
                </SingleSelect>
              </Field.Root>
              {sort && (
                <Field.Root width="280px">
                  <Field.Label>{text('settings.fallback.same', { type: name })}</Field.Label>
                  <SingleSelect
                    value={same ?? ANY}
                    disabled={fixed}
                    onChange={(value) => set(uid, { ...(value !== ANY && { same: String(value) }), sort })}
                  >
                    <SingleSelectOption value={ANY}>{text('settings.fallback.any')}</SingleSelectOption>
                    {named(COMPARABLE).map((attribute) => (
                      <SingleSelectOption key={attribute} value={attribute}>
                        {attribute}
                      </SingleSelectOption>
                    ))}
                  </SingleSelect>
                </Field.Root>
              )}
            </Flex>
          );
        })}
        <Field.Error />
        <Source setting={setting} label={text('settings.fallback.title')} />
      </Flex>
    </Field.Root>
  );
}
