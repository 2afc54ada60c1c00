import { Button } from '@strapi/design-system';
import { Download } from '@strapi/icons';
import { useAction } from '../hooks/use-action';
import { type GroupFilters, useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { saveFile } from '../utils/save-file';

/** All groups under the filters of the page, for a spreadsheet. */
export function DownloadCsv({ filters }: { filters: GroupFilters }) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const download = () => act(async () => saveFile(await api.duplicatesCsv(filters), 'duplicates.csv'));
  return (
    <Button variant="tertiary" startIcon={<Download />} loading={busy} onClick={download}>
      {text('duplicates.csv')}
    </Button>
  );
}
