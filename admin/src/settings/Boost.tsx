import { Field, Flex, NumberInput, SingleSelect, SingleSelectOption } from '@strapi/design-system';
import type { SettableType } from '../../../plugin/contracts/settings';
import { Slider } from '../components/Slider';
import { useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

type Boosts = Record<string, { field: string; weight: number; halfAt: number }>;

const NONE = 'none';
const NUMBERS = new Set(['integer', 'biginteger', 'decimal', 'float']);
const FIRST = { weight: 0.05, halfAt: 10 };

/** By type: a number of its entries that lifts them, e.g. what is in stock. */
export function Boost({ types }: { types: SettableType[] }) {
  const text = useText();
  const setting = useSetting<Boosts>('ranking.boost');
  const { shown, fixed, change } = setting;

  function set(uid: string, value: Boosts[string] | undefined): void {
    const { [uid]: _, ...others } = shown;
    change(value ? { ...others, [uid]: value } : others);
  }

  return (
    <Field.Root error={setting.error} width="100%">
      <Flex direction="column" alignItems="stretch" gap={4}>
        {types.map(({ uid, name, attributes }) => {
          const boost = shown[uid];
          return (
            <Flex key={uid} gap={4} wrap="wrap" alignItems="flex-start" role="group" aria-label={name}>
              <Field.Root width="280px">
                <Field.Label>{text('settings.boost.field', { type: name })}</Field.Label>
                <SingleSelect
                  value={boost?.field ?? NONE}
                  disabled={fixed}
                  onChange={(value) =>
                    set(uid, value === NONE ? undefined : { ...FIRST, ...boost, field: String(value) })
                  }
                >
                  <SingleSelectOption value={NONE}>{text('settings.boost.none')}</SingleSelectOption>
                  {attributes
                    .filter(({ type }) => NUMBERS.has(type))
                    .map((attribute) => (
                      <SingleSelectOption key={attribute.name} value={attribute.name}>
                        {attribute.name}
                      </SingleSelectOption>
                    ))}
                </SingleSelect>
              </Field.Root>
              {boost && (
                <Slider
                  label={text('settings.boost.weight')}
                  value={boost.weight}
                  min={0.01}
                  disabled={fixed}
                  onChange={(weight) => set(uid, { ...boost, weight })}
                />
              )}
              {boost && (
                <Field.Root width="220px">
                  <Field.Label>{text('settings.boost.halfAt')}</Field.Label>
                  <NumberInput
                    value={boost.halfAt}
                    disabled={fixed}
                    onValueChange={(halfAt) => set(uid, { ...boost, halfAt: halfAt ?? FIRST.halfAt })}
                  />
                </Field.Root>
              )}
            </Flex>
          );
        })}
        <Field.Error />
        <Source setting={setting} label={text('settings.boost.title')} />
      </Flex>
    </Field.Root>
  );
}
