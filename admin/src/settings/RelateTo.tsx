import { Field, Flex, SingleSelect, SingleSelectOption, Typography } from '@strapi/design-system';
import type { SettableType } from '../../../plugin/contracts/settings';
import { useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

type Wanted = Record<string, string | false>;

/** No names of attributes: those have no colon. */
const DEFAULT = ':default';
const NONE = ':none';

/** By type: the relation to which the side panel adds what editors choose. */
export function RelateTo({ types }: { types: SettableType[] }) {
  const text = useText();
  const setting = useSetting<Wanted>('relate');
  const { shown, fixed, change } = setting;
  const fillable = types.filter(({ relations }) => relations.length > 0);

  function choose(uid: string, option: string): void {
    const { [uid]: _, ...others } = shown;
    if (option === DEFAULT) change(others);
    else change({ ...others, [uid]: option !== NONE && option });
  }

  return (
    <Field.Root error={setting.error} width="100%">
      <Flex direction="column" alignItems="stretch" gap={4}>
        {fillable.length === 0 && <Typography>{text('settings.relate.noRelation')}</Typography>}
        {fillable.map(({ uid, name, relations, defaultRelation }) => (
          <Field.Root key={uid} width="280px">
            <Field.Label>{text('settings.relate.field', { type: name })}</Field.Label>
            <SingleSelect
              value={shown[uid] === undefined ? DEFAULT : shown[uid] || NONE}
              disabled={fixed}
              onChange={(option) => choose(uid, String(option))}
            >
              <SingleSelectOption value={DEFAULT}>
                {text('settings.relate.default', { field: defaultRelation ?? text('settings.relate.none') })}
              </SingleSelectOption>
              {relations.map((relation) => (
                <SingleSelectOption key={relation} value={relation}>
                  {relation}
                </SingleSelectOption>
              ))}
              <SingleSelectOption value={NONE}>{text('settings.relate.none')}</SingleSelectOption>
            </SingleSelect>
          </Field.Root>
        ))}
        <Field.Error />
        <Source setting={setting} label={text('settings.relate.title')} />
      </Flex>
    </Field.Root>
  );
}
