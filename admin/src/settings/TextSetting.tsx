import { Box, Field, TextInput } from '@strapi/design-system';
import type { SettingKey } from '../../../plugin/contracts/settings';
import { type TextId, useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

interface TextSettingProps {
  name: SettingKey;
  label: TextId;
  hint?: TextId;
}

/** A setting that is a line of text. */
export function TextSetting({ name, label, hint }: TextSettingProps) {
  const text = useText();
  const setting = useSetting<string | undefined>(name);
  const isOptional = setting.default === undefined;
  return (
    <Box width="100%">
      <Field.Root name={name} hint={hint && text(hint)} error={setting.error}>
        <Field.Label>{text(label)}</Field.Label>
        <TextInput
          value={setting.shown ?? ''}
          disabled={setting.fixed}
          onChange={({ target: { value } }) => setting.change(value === '' && isOptional ? null : value)}
        />
        <Field.Hint />
        <Field.Error />
      </Field.Root>
      <Source setting={setting} label={text(label)} />
    </Box>
  );
}
