import { Button, Flex, Loader, Typography } from '@strapi/design-system';
import { Magic } from '@strapi/icons';
import { useState } from 'react';
import type { PictureTypeInfo } from '../../../plugin/contracts/admin';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { type EditForm, useEditForm } from '../panel/use-edit-form';
import { EDIT_FILES } from '../utils/permissions';
import { filledAttributes } from './form-values';
import { ProposedTexts } from './ProposedTexts';
import { ProposedValues } from './ProposedValues';

/** Pictures of an entry for which texts are looked for: each is a search. */
const MOST_PICTURES = 20;

interface ProposalsProps {
  type: PictureTypeInfo;
  documentId?: string;
  locale?: string;
  /** Those of the form. */
  pictures: number[];
}

/** What look-alikes have where this entry has nothing. Asked for when the editor wants it, and written when the editor takes it. */
export function Proposals(props: ProposalsProps) {
  const text = useText();
  const form = useEditForm();
  const [wanted, setWanted] = useState(false);
  if (!form) return null;
  if (wanted) return <Found {...props} form={form} />;
  return (
    <Button variant="tertiary" startIcon={<Magic />} onClick={() => setWanted(true)}>
      {text('propose.open')}
    </Button>
  );
}

function Found({ type, documentId, locale, pictures, form }: ProposalsProps & { form: EditForm }) {
  const text = useText();
  const api = useApi();
  const { canRead = false, canUpdate = false } = useAllowed(EDIT_FILES);
  const mayEdit = canRead && canUpdate;
  const asked = pictures.slice(0, MOST_PICTURES);
  const filled = filledAttributes(form.attributes, form.values);
  const request = { type: type.uid, documentId, locale, pictures: asked };
  // What has been filled meanwhile goes from the list without asking again.
  const values = useRemote(JSON.stringify(request), (signal) => api.proposedValues({ ...request, filled }, signal));
  const texts = useRemote(mayEdit ? JSON.stringify(asked) : undefined, (signal) => api.proposedTexts(asked, signal));

  const offered = (values.data?.values ?? []).filter(
    ({ attribute }) => !filled.includes(attribute) && form.labelOf(attribute),
  );
  const error = values.error ?? texts.error;
  const loading = values.loading || texts.loading;
  const nothing = offered.length === 0 && (texts.data?.pictures.length ?? 0) === 0;
  return (
    <Flex direction="column" alignItems="stretch" gap={3} width="100%" role="group" aria-label={text('propose.title')}>
      <Typography variant="pi" fontWeight="semiBold" tag="h3" tabIndex={-1} ref={focusOnce}>
        {text('propose.title')}
      </Typography>
      <ProposedValues values={offered} form={form} />
      <ProposedTexts pictures={texts.data?.pictures ?? []} onSaved={texts.reload} />
      {loading && nothing && <Loader small>{text('loading')}</Loader>}
      {error && (
        <Typography variant="pi" role="alert">
          {error.message}
        </Typography>
      )}
      {!loading && !error && nothing && (
        <Typography variant="pi" textColor="neutral600" role="status">
          {text('propose.nothing')}
        </Typography>
      )}
    </Flex>
  );
}

/** The button that was pressed is gone. */
const focusOnce = (heading: HTMLElement | null) => heading?.focus({ preventScroll: true });
