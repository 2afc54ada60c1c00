import { Box, Checkbox, Field, Flex, Radio, Typography } from '@strapi/design-system';
import type { SettableType } from '../../../plugin/contracts/settings';
import { useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

/** As in the configuration: all types with pictures, or the chosen ones with the fields that count. */
type Wanted = '*' | Record<string, '*' | string[]>;

/** Which content types can be queried and found, and by which of their pictures. */
export function ContentTypes({ types }: { types: SettableType[] }) {
  const text = useText();
  const setting = useSetting<Wanted>('contentTypes');
  const { shown, fixed, change } = setting;

  const chosenOf = ({ uid, pictures }: SettableType): string[] => {
    const chosen = shown === '*' ? '*' : (shown[uid] ?? []);
    return chosen === '*' ? pictures : chosen;
  };
  const everyType = (): Wanted => Object.fromEntries(types.map(({ uid }) => [uid, '*']));

  function choose({ uid, pictures }: SettableType, fields: string[]): void {
    const { [uid]: _, ...others } = shown === '*' ? (everyType() as Record<string, '*' | string[]>) : shown;
    if (fields.length === 0) change(others);
    // All of them: also those that the type will get later.
    else change({ ...others, [uid]: fields.length === pictures.length ? '*' : fields });
  }

  return (
    <Field.Root error={setting.error} width="100%">
      <Flex direction="column" alignItems="stretch" gap={3}>
        <Radio.Group
          value={shown === '*' ? 'all' : 'some'}
          disabled={fixed}
          aria-label={text('settings.types.title')}
          onValueChange={(value) => change(value === 'all' ? '*' : everyType())}
        >
          <Radio.Item value="all">{text('settings.types.all')}</Radio.Item>
          <Radio.Item value="some">{text('settings.types.some')}</Radio.Item>
        </Radio.Group>
        {shown !== '*' && types.length === 0 && <Typography>{text('settings.types.none')}</Typography>}
        {shown !== '*' &&
          types.map((type) => {
            const chosen = chosenOf(type);
            const state = chosen.length === 0 ? false : chosen.length === type.pictures.length || 'indeterminate';
            return (
              <Box key={type.uid} paddingLeft={6}>
                <Checkbox
                  checked={state}
                  disabled={fixed}
                  onCheckedChange={(checked) => choose(type, checked === true ? type.pictures : [])}
                >
                  {type.name}
                </Checkbox>
                {type.pictures.length > 1 && (
                  <Flex gap={4} wrap="wrap" paddingLeft={6} paddingTop={2} role="group" aria-label={type.name}>
                    {type.pictures.map((field) => (
                      <Checkbox
                        key={field}
                        checked={chosen.includes(field)}
                        disabled={fixed}
                        onCheckedChange={(checked) =>
                          choose(
                            type,
                            type.pictures.filter((name) => (name === field ? checked === true : chosen.includes(name))),
                          )
                        }
                      >
                        {field}
                      </Checkbox>
                    ))}
                  </Flex>
                )}
              </Box>
            );
          })}
        <Field.Error />
        <Source setting={setting} label={text('settings.types.title')} />
      </Flex>
    </Field.Root>
  );
}
