import { Button, Field, Flex, TextInput, Typography } from '@strapi/design-system';
import { useState } from 'react';
import type { PictureText, TextProposals } from '../../../plugin/contracts/proposals';
import { Dialog } from '../components/Dialog';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { TEXT_KINDS } from './text-kinds';

interface EditTextsProps {
  proposals: TextProposals;
  onClose(): void;
  onSaved(): void;
}

/** Texts of look-alikes, to be made true of this picture: only what stands here when the editor saves is written. */
export function EditTexts({ proposals, onClose, onSaved }: EditTextsProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const { picture } = proposals;
  const kinds = TEXT_KINDS.filter((kind) => proposals[kind]);
  const [texts, setTexts] = useState(() => new Map(kinds.map((kind) => [kind, proposals[kind]?.text ?? ''])));
  const written = [...texts].flatMap(([kind, value]) => (value.trim() ? [[kind, value.trim()] as const] : []));

  const save = () =>
    act(async () => {
      await api.changeFile(picture.id, Object.fromEntries(written) as Partial<Record<PictureText, string>>);
      onClose();
      onSaved();
    }, 'propose.saved');

  return (
    <Dialog
      title={text('propose.editTitle', { name: picture.name })}
      onClose={onClose}
      action={
        <Button disabled={busy || written.length === 0} onClick={save}>
          {text('propose.save')}
        </Button>
      }
    >
      <Flex direction="column" alignItems="stretch" gap={5}>
        {kinds.map((kind) => (
          <Flex key={kind} gap={4} alignItems="flex-start">
            <Flex direction="column" alignItems="flex-start" gap={1} width="120px" flex="none">
              <Thumbnail picture={proposals[kind]?.from ?? null} size={120} />
              <Typography variant="pi" textColor="neutral600" width="100%">
                <Name name={text('propose.from', { name: proposals[kind]?.from.name ?? '' })} />
              </Typography>
            </Flex>
            <Thumbnail picture={picture} size={120} />
            <Field.Root name={kind} hint={text('propose.check')} style={{ flex: 1 }}>
              <Field.Label>{text(`propose.label.${kind}`)}</Field.Label>
              <TextInput
                value={texts.get(kind)}
                onChange={({ target }: { target: { value: string } }) => {
                  setTexts((before) => new Map(before).set(kind, target.value));
                }}
              />
              <Field.Hint />
            </Field.Root>
          </Flex>
        ))}
      </Flex>
    </Dialog>
  );
}
