import { Box, Field, NumberInput } from '@strapi/design-system';
import type { SettingKey } from '../../../plugin/contracts/settings';
import { type TextId, useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

/** A setting that is a number; empty: the default. */
export function NumberSetting({ name, label, hint }: { name: SettingKey; label: TextId; hint: TextId }) {
  const text = useText();
  const setting = useSetting<number | undefined>(name);
  return (
    <Box width="280px">
      <Field.Root name={name} hint={text(hint)} error={setting.error}>
        <Field.Label>{text(label)}</Field.Label>
        <NumberInput
          value={setting.shown}
          disabled={setting.fixed}
          onValueChange={(value) => setting.change(value ?? null)}
        />
        <Field.Hint />
        <Field.Error />
      </Field.Root>
      <Source setting={setting} label={text(label)} />
    </Box>
  );
}
