import { Button, Flex, Typography } from '@strapi/design-system';
import { useState } from 'react';
import type { WebhookTest } from '../../../plugin/contracts/webhook';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { type Setting, useSetting } from './use-setting';

/** Sends a call to the saved URL, and shows the result. */
export function TestWebhook() {
  const text = useText();
  const api = useApi();
  const url = useSetting<string | undefined>('webhook.url');
  const parts: Array<Setting<unknown>> = [url, useSetting('webhook.secret'), useSetting('webhook.headers')];
  const [isRunning, setRunning] = useState(false);
  const [result, setResult] = useState<WebhookTest>();
  // What is sent is what is saved: with something else on the screen, the answer would be about that.
  const isUnsaved = parts.some(({ changed }) => changed);

  async function send(): Promise<void> {
    setRunning(true);
    setResult(undefined);
    try {
      setResult(await api.testWebhook());
    } catch (error) {
      setResult({ delivered: false, reason: (error as Error).message });
    }
    setRunning(false);
  }

  return (
    <Flex gap={4} wrap="wrap">
      <Button variant="secondary" disabled={!url.value || isUnsaved} loading={isRunning} onClick={send}>
        {text('settings.webhook.test')}
      </Button>
      <Typography variant="pi" textColor={result ? (result.delivered ? 'success700' : 'danger600') : 'neutral600'}>
        <span role="status">
          {result && outcome(result)}
          {!result && isUnsaved && text('settings.webhook.testSaveFirst')}
        </span>
      </Typography>
    </Flex>
  );

  function outcome({ delivered, status, reason = '' }: WebhookTest): string {
    if (status === undefined) return text('settings.webhook.testFailed', { reason });
    return text(delivered ? 'settings.webhook.testDelivered' : 'settings.webhook.testRefused', { status });
  }
}
