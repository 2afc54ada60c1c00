import { Box, Checkbox, Field, Flex, Radio, Typography } from '@strapi/design-system';
import type { SettableType } from '../../../plugin/contracts/settings';
import { Slider } from '../components/Slider';
import { useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

/** The fields of a type that count, and how much. */
type Fields = '*' | string[] | Record<string, number>;
/** As in the configuration: all types with pictures, or the chosen ones. */
type Wanted = '*' | Record<string, Fields>;

/** A lighter weight hardly differs from a field that does not count. */
const LEAST_WEIGHT = 0.05;

/** Which content types can be queried and found, and by which of their pictures. */
export function ContentTypes({ types }: { types: SettableType[] }) {
  const text = useText();
  const setting = useSetting<Wanted>('contentTypes');
  const { shown, fixed, change } = setting;

  /** The chosen fields with their weights. */
  const weightsOf = ({ uid, pictures }: SettableType): Map<string, number> => {
    const chosen = shown === '*' ? '*' : (shown[uid] ?? []);
    if (chosen !== '*' && !Array.isArray(chosen)) return new Map(Object.entries(chosen));
    return new Map((chosen === '*' ? pictures : chosen).map((field) => [field, 1]));
  };
  const everyType = (): Wanted => Object.fromEntries(types.map(({ uid }) => [uid, '*']));

  function choose({ uid, pictures }: SettableType, weights: Map<string, number>): void {
    const { [uid]: _, ...others } = shown === '*' ? (everyType() as Record<string, Fields>) : shown;
    const fields = pictures.filter((field) => weights.has(field));
    if (fields.length === 0) change(others);
    else if (fields.some((field) => weights.get(field) !== 1)) {
      const weighted = fields.map((field) => [field, weights.get(field) ?? 1]);
      change({ ...others, [uid]: Object.fromEntries(weighted) });
    }
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
            const weights = weightsOf(type);
            const state = weights.size === 0 ? false : weights.size === type.pictures.length || 'indeterminate';
            const all = new Map(type.pictures.map((field) => [field, 1]));
            return (
              <Box key={type.uid} paddingLeft={6}>
                <Checkbox
                  checked={state}
                  disabled={fixed}
                  onCheckedChange={(checked) => choose(type, checked === true ? all : new Map())}
                >
                  {type.name}
                </Checkbox>
                {type.pictures.length > 1 && (
                  <Flex gap={4} wrap="wrap" paddingLeft={6} paddingTop={2} role="group" aria-label={type.name}>
                    {type.pictures.map((field) => {
                      const weight = weights.get(field);
                      return (
                        <Flex key={field} gap={4}>
                          <Checkbox
                            checked={weight !== undefined}
                            disabled={fixed}
                            onCheckedChange={(checked) => {
                              const { [field]: _, ...rest } = Object.fromEntries(weights);
                              choose(type, new Map(Object.entries(checked === true ? { ...rest, [field]: 1 } : rest)));
                            }}
                          >
                            {field}
                          </Checkbox>
                          {weight !== undefined && (
                            <Slider
                              label={text('settings.types.weight', { field })}
                              value={weight}
                              min={LEAST_WEIGHT}
                              disabled={fixed}
                              onChange={(changed) => choose(type, new Map(weights).set(field, changed))}
                            />
                          )}
                        </Flex>
                      );
                    })}
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
