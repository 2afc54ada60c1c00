import { Badge, Box, Checkbox, Flex, Radio, Typography } from '@strapi/design-system';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useText } from '../hooks/use-text';
import { CopyFacts } from '../pages/CopyFacts';
import { bestOf, type Pictured } from './best-picture';

/** The server takes no more at once. */
export const MOST_REMOVED = 20;

export interface Chosen {
  keep: number;
  remove: number[];
}

interface CopyChoiceProps {
  pictures: readonly Pictured[];
  chosen: Chosen;
  onChange(next: Chosen): void;
}

/** Which of the copies stays, and which of the others go. */
export function CopyChoice({ pictures, chosen: { keep, remove }, onChange }: CopyChoiceProps) {
  const text = useText();
  const best = bestOf(pictures);

  /** What stayed so far takes the place of what stays now. */
  const setKeep = (next: number) => onChange({ keep: next, remove: remove.map((id) => (id === next ? keep : id)) });
  const setRemoved = (id: number, isRemoved: boolean) =>
    onChange({ keep, remove: isRemoved ? [...remove, id] : remove.filter((other) => other !== id) });

  return (
    <Radio.Group
      value={String(keep)}
      onValueChange={(next: string) => setKeep(Number(next))}
      aria-label={text('merge.keepLabel')}
    >
      <Flex gap={4} wrap="wrap" alignItems="flex-start">
        {pictures.map((picture) => {
          const { id, name } = picture;
          const isRemoved = remove.includes(id);
          return (
            <Box key={id} width="168px" role="group" aria-label={name}>
              <Thumbnail picture={picture} size={120} />
              <Typography variant="pi" fontWeight="semiBold" tag="p" paddingTop={1}>
                <Name name={name} />
              </Typography>
              <CopyFacts picture={picture} />
              <Flex direction="column" alignItems="flex-start" gap={2} paddingTop={2}>
                <Radio.Item value={String(id)} aria-label={text('merge.keepOf', { name })}>
                  {text('merge.keep')}
                </Radio.Item>
                {id !== keep && (
                  <Checkbox
                    checked={isRemoved}
                    disabled={!isRemoved && remove.length === MOST_REMOVED}
                    onCheckedChange={(next: boolean | 'indeterminate') => setRemoved(id, next === true)}
                    aria-label={text('merge.replaceOf', { name })}
                  >
                    {text('merge.replace')}
                  </Checkbox>
                )}
              </Flex>
              {id === best.picture.id && <Badge textColor="neutral800">{text(`merge.best.${best.because}`)}</Badge>}
            </Box>
          );
        })}
      </Flex>
    </Radio.Group>
  );
}
