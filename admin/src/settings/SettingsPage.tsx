import { Button, Flex, Typography } from '@strapi/design-system';
import { Check } from '@strapi/icons';
import { Blocker, Form, Layouts, Page as StrapiPage, useNotification } from '@strapi/strapi/admin';
import { useRef, useState } from 'react';
import type { SettingsResponse } from '../../../plugin/contracts/settings';
import { Carry } from '../carry/Carry';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { forgetTypes } from '../hooks/use-types';
import { MANAGE } from '../utils/permissions';
import { Preset } from './Preset';
import { Sections } from './Sections';
import { type Changes, SettingsContext, type SettingsProblem } from './use-setting';

/** Settings → Similar items: what need not be in the configuration file. */
export default function SettingsPage() {
  const text = useText();
  return (
    <StrapiPage.Protect permissions={MANAGE as never}>
      <StrapiPage.Title>{text('page.title')}</StrapiPage.Title>
      <Loaded />
    </StrapiPage.Protect>
  );
}

function Loaded() {
  const api = useApi();
  const { data, error, reload } = useRemote('settings', (signal) => api.settings(signal));
  const [saved, setSaved] = useState<SettingsResponse>();
  const hasImported = useRef(false);
  const response = saved && data && saved.revision > data.revision ? saved : data;
  if (!response) return error ? <StrapiPage.Error /> : <StrapiPage.Loading />;
  function loadAgain(imported: boolean): void {
    hasImported.current = imported;
    reload();
  }
  function takeImported(): void {
    forgetTypes();
    loadAgain(true);
  }
  function takeSaved(next: SettingsResponse): void {
    hasImported.current = false;
    setSaved(next);
  }
  return (
    <SettingsForm
      // Another revision is another form.
      key={response.revision}
      response={response}
      onSaved={takeSaved}
      onReload={() => loadAgain(false)}
      hasImported={hasImported.current}
      onImported={takeImported}
    />
  );
}

interface SettingsFormProps {
  response: SettingsResponse;
  onSaved(response: SettingsResponse): void;
  onReload(): void;
  /** What is shown has come from a file. */
  hasImported: boolean;
  onImported(): void;
}

const UNCHANGED: { changes: Changes } = { changes: {} };

interface ServerError {
  message: string;
  response?: { data?: { error?: { details?: { code?: string; errors?: Array<{ path: string[] }> } } } };
}

function SettingsForm({ response, onSaved, onReload, hasImported, onImported }: SettingsFormProps) {
  const text = useText();
  const api = useApi();
  const { toggleNotification } = useNotification();
  const [problem, setProblem] = useState<SettingsProblem>();
  const [outdated, setOutdated] = useState(false);

  async function save({ changes }: { changes: Changes }): Promise<void> {
    try {
      const next = await api.changeSettings({ revision: response.revision, changes: changes as never });
      setProblem(undefined);
      forgetTypes();
      toggleNotification({ type: 'success', message: text('settings.saved') });
      onSaved(next);
    } catch (error) {
      const { message, response: answer } = error as ServerError;
      const { code, errors } = answer?.data?.error?.details ?? {};
      setProblem({ path: errors?.[0]?.path.join('.') ?? '', message });
      setOutdated(code === 'SETTINGS_CHANGED');
      toggleNotification({ type: 'danger', message });
      // Only so does the form know that the changes are not saved.
      throw error;
    }
  }

  return (
    <SettingsContext.Provider value={{ response, problem }}>
      <Form method="PUT" initialValues={UNCHANGED} onSubmit={save}>
        {({ modified, isSubmitting }) => (
          <StrapiPage.Main>
            <Blocker />
            <Layouts.Header
              title={text('page.title')}
              subtitle={text('settings.subtitle')}
              primaryAction={
                <Button type="submit" startIcon={<Check />} disabled={!modified} loading={isSubmitting}>
                  {text('settings.save')}
                </Button>
              }
            />
            <Layouts.Content>
              <Flex direction="column" alignItems="stretch" gap={6}>
                {outdated && (
                  <Flex gap={4}>
                    <Typography textColor="danger600" role="alert">
                      {problem?.message}
                    </Typography>
                    <Button variant="secondary" size="S" onClick={onReload}>
                      {text('settings.reload')}
                    </Button>
                  </Flex>
                )}
                {response.preset && <Preset preset={response.preset} />}
                <Sections types={response.types} />
                <Carry isBack={hasImported} onImported={onImported} />
              </Flex>
            </Layouts.Content>
          </StrapiPage.Main>
        )}
      </Form>
    </SettingsContext.Provider>
  );
}
