import { Badge, Button, Flex, Loader, Typography } from '@strapi/design-system';
import type { PictureTypeInfo } from '../../../plugin/contracts/admin';
import type { PictureProposalsResponse, ProposedPicture } from '../../../plugin/contracts/proposals';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useAction } from '../hooks/use-action';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { type EditForm, useEditForm } from '../panel/use-edit-form';
import { READ_FILES } from '../utils/permissions';
import { unsavedValues } from './form-values';
import { type EmptyField, useEmptyField } from './use-empty-field';

interface ProposedPicturesProps {
  type: PictureTypeInfo;
  documentId?: string;
  locale?: string;
}

/** Beside an entry without a picture: pictures of the library that would fit, for those who may choose one. */
export function ProposedPictures(props: ProposedPicturesProps) {
  const form = useEditForm();
  const { canRead = false } = useAllowed(READ_FILES);
  const field = useEmptyField(props.type.paths);
  if (!form || !field || !canRead) return null;
  return <Offered {...props} form={form} field={field} />;
}

/** Somebody is typing the title. */
const DELAY_MS = 600;
/** While the part of the model for words is being loaded. */
const UNREADY_MS = 5_000;

/** What is shown already is not replaced. */
const isUnready = (known?: PictureProposalsResponse) => known?.wordsUnready && known.pictures.length === 0;

function Offered({
  type,
  documentId,
  locale,
  form,
  field,
}: ProposedPicturesProps & { form: EditForm; field: EmptyField }) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const title = form.values[type.mainField];
  const request = {
    ...{ type: type.uid, documentId, locale },
    ...(typeof title === 'string' && title.trim() && { title }),
    values: unsavedValues(form.attributes, form.values),
  };
  const { data, loading } = useRemote(JSON.stringify(request), (signal) => api.proposedPictures(request, signal), {
    subject: documentId ?? '',
    delayMs: DELAY_MS,
    pollMs: (known?: PictureProposalsResponse) => (isUnready(known) ? UNREADY_MS : undefined),
  });
  if (!data) return loading ? <Loader small>{text('loading')}</Loader> : null;
  if (data.pictures.length === 0) return null;

  const use = ({ id }: ProposedPicture) =>
    act(async () => {
      field.fill(await api.file(id));
    });

  return (
    <Flex direction="column" alignItems="stretch" gap={2} width="100%" aria-busy={loading}>
      <Typography variant="pi" textColor="neutral600">
        {text('propose.field', { field: field.label })}
      </Typography>
      <Typography variant="pi" textColor="neutral600">
        {because(text, data)}
      </Typography>
      <Flex tag="ul" direction="column" alignItems="stretch" gap={3} aria-label={text('propose.pictures')}>
        {data.pictures.map((picture) => (
          <Flex key={picture.id} tag="li" gap={2} alignItems="flex-start">
            <Thumbnail picture={picture} size={48} />
            {/* The button is below: beside it, the panel has no room for a name. */}
            <Flex direction="column" alignItems="flex-start" gap={1} minWidth={0} flex="1">
              <Typography variant="pi" maxWidth="100%" tag="div">
                <Name name={picture.name} lines={2} />
              </Typography>
              {picture.unused && <Badge textColor="neutral800">{text('propose.unused')}</Badge>}
              <Button
                size="S"
                variant="tertiary"
                disabled={busy}
                aria-label={text('propose.useAs', { name: picture.name, field: field.label })}
                onClick={() => use(picture)}
              >
                {text('propose.use')}
              </Button>
            </Flex>
          </Flex>
        ))}
      </Flex>
    </Flex>
  );
}

function because(text: ReturnType<typeof useText>, { siblings, words }: PictureProposalsResponse): string {
  if (siblings === 0) return text('propose.byWords');
  return text(words ? 'propose.byBoth' : 'propose.bySiblings', { count: siblings });
}
