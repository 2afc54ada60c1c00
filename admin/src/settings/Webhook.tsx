import { Box, Field, Flex, Textarea, TextInput } from '@strapi/design-system';
import { useState } from 'react';
import { useText } from '../hooks/use-text';
import { NumberSetting } from './NumberSetting';
import { Source } from './Section';
import { SwitchSetting } from './SwitchSetting';
import { TestWebhook } from './TestWebhook';
import { TextSetting } from './TextSetting';
import { useSetting } from './use-setting';

/** Who is notified when the similar items of entries change. */
export function Webhook() {
  return (
    <>
      <TextSetting name="webhook.url" label="settings.webhook.url" hint="settings.webhook.urlHint" />
      <Secret />
      <Headers />
      <Flex gap={4} alignItems="flex-start" wrap="wrap">
        <NumberSetting
          name="webhook.debounceMs"
          label="settings.webhook.debounce"
          hint="settings.webhook.debounceHint"
        />
        <NumberSetting name="webhook.top" label="settings.webhook.top" hint="settings.webhook.topHint" />
      </Flex>
      <SwitchSetting name="webhook.files" label="settings.webhook.files" hint="settings.webhook.filesHint" />
      <TestWebhook />
    </>
  );
}

/** Can be written, and not be read: the server says only whether there is one. */
function Secret() {
  const text = useText();
  const setting = useSetting<string | boolean>('webhook.secret');
  const { shown, fixed, error, change, undo } = setting;
  return (
    <Box width="100%">
      <Field.Root
        name="webhook.secret"
        hint={text(shown === true ? 'settings.webhook.secretKept' : 'settings.webhook.secretHint')}
        error={error}
      >
        <Field.Label>{text('settings.webhook.secret')}</Field.Label>
        <TextInput
          type="password"
          autoComplete="new-password"
          value={typeof shown === 'string' ? shown : ''}
          disabled={fixed}
          onChange={({ target: { value } }) => (value ? change(value) : undo())}
        />
        <Field.Hint />
        <Field.Error />
      </Field.Root>
      <Source setting={setting} label={text('settings.webhook.secret')} />
    </Box>
  );
}

/** Lines such as `Authorization: Bearer …`. Their values may be secrets: of those that are set, only the names are known. */
function Headers() {
  const text = useText();
  const setting = useSetting<Record<string, string> | string[]>('webhook.headers');
  const { shown, fixed, error, change, undo } = setting;
  const [lines, setLines] = useState('');
  const kept = Array.isArray(shown) ? shown.join(', ') : '';
  return (
    <Box width="100%">
      <Field.Root
        name="webhook.headers"
        hint={kept ? text('settings.webhook.headersKept', { names: kept }) : text('settings.webhook.headersHint')}
        error={error}
      >
        <Field.Label>{text('settings.webhook.headers')}</Field.Label>
        <Textarea
          value={Array.isArray(shown) ? '' : lines}
          disabled={fixed}
          onChange={({ target: { value } }) => {
            setLines(value);
            if (value.trim()) change(headersOf(value));
            else undo();
          }}
        />
        <Field.Hint />
        <Field.Error />
      </Field.Root>
      <Source setting={setting} label={text('settings.webhook.headers')} />
    </Box>
  );
}

function headersOf(lines: string): Record<string, string> {
  const filled = lines.split('\n').filter((line) => line.trim());
  return Object.fromEntries(
    filled.map((line) => {
      const [name, ...value] = line.split(':');
      return [name.trim(), value.join(':').trim()];
    }),
  );
}
