import { Box, Checkbox, Field } from '@strapi/design-system';
import type { SettingKey } from '../../../plugin/contracts/settings';
import { type TextId, useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

/** A setting that is on or off. */
export function SwitchSetting({ name, label, hint }: { name: SettingKey; label: TextId; hint: TextId }) {
  const text = useText();
  const setting = useSetting<boolean>(name);
  return (
    <Box width="100%">
      <Field.Root name={name} hint={text(hint)} error={setting.error}>
        <Checkbox
          checked={setting.shown}
          disabled={setting.fixed}
          onCheckedChange={(checked) => setting.change(checked === true)}
        >
          {text(label)}
        </Checkbox>
        <Field.Hint />
        <Field.Error />
      </Field.Root>
      <Source setting={setting} label={text(label)} />
    </Box>
  );
}
