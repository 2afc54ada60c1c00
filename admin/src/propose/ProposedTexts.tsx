import { Button, Flex, Typography } from '@strapi/design-system';
import { useState } from 'react';
import type { TextProposals } from '../../../plugin/contracts/proposals';
import { Thumbnail } from '../components/Thumbnail';
import { useText } from '../hooks/use-text';
import { EditTexts } from './EditTexts';
import { TEXT_KINDS } from './text-kinds';

/** Texts of pictures: shown, changed in a dialog, and saved from there. */
export function ProposedTexts({ pictures, onSaved }: { pictures: TextProposals[]; onSaved(): void }) {
  const text = useText();
  const [editing, setEditing] = useState<TextProposals>();
  if (pictures.length === 0) return null;

  return (
    <Flex tag="ul" direction="column" alignItems="stretch" gap={3} aria-label={text('propose.texts')}>
      {pictures.map((proposals) => (
        <Flex key={proposals.picture.id} tag="li" gap={2} alignItems="flex-start">
          <Thumbnail picture={proposals.picture} size={48} />
          <Flex direction="column" alignItems="flex-start" gap={1} minWidth={0} flex="1">
            {TEXT_KINDS.flatMap((kind) => {
              const proposed = proposals[kind];
              return proposed ? (
                <Typography key={kind} variant="pi">
                  {text(`propose.${kind}`, { text: proposed.text })}
                </Typography>
              ) : (
                []
              );
            })}
            <Button
              size="S"
              variant="tertiary"
              aria-label={text('propose.takeText', { name: proposals.picture.name })}
              onClick={() => setEditing(proposals)}
            >
              {text('propose.edit')}
            </Button>
          </Flex>
        </Flex>
      ))}
      {editing && <EditTexts proposals={editing} onClose={() => setEditing(undefined)} onSaved={onSaved} />}
    </Flex>
  );
}
