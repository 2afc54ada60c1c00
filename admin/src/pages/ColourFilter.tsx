import { Flex, Typography, VisuallyHidden } from '@strapi/design-system';
import { useId } from 'react';
import styled from 'styled-components';
import { COLOUR_NAMES, type ColourName } from '../../../plugin/contracts/colours';
import type { ColourCount } from '../../../plugin/contracts/similar';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';

interface ColourFilterProps {
  /** Pressed. */
  colour: ColourName | undefined;
  /** What is asked about, whatever colour is pressed. */
  subject: string;
  count(signal: AbortSignal): Promise<{ colors?: ColourCount[] }>;
  onChange(colour: ColourName | undefined): void;
}

const NAMES = Object.keys(COLOUR_NAMES) as ColourName[];

/** The design system has no swatches. */
const Swatch = styled.button<{ $hex: string }>`
  width: 28px;
  height: 28px;
  border-radius: 50%;
  border: 1px solid ${({ theme }) => theme.colors.neutral500};
  background: #${({ $hex }) => $hex};
  cursor: pointer;

  &[aria-pressed='true'] {
    box-shadow:
      0 0 0 2px ${({ theme }) => theme.colors.neutral0},
      0 0 0 4px ${({ theme }) => theme.colors.primary600};
  }

  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 5px;
  }
`;

/**
 * Only what shows a colour: one at a time, and none when it is pressed again. All stay where they are, whatever was found. How many
 * there are is asked here and not with the results: a large library's colours take a while to be read, and the results would then be
 * drawn again for nothing.
 */
export function ColourFilter({ colour, subject, count: load, onChange }: ColourFilterProps) {
  const text = useText();
  const { data } = useRemote(subject, load, { delayMs: 300 });
  // Undefined: nobody knows yet.
  const counts = data?.colors;
  const title = useId();
  return (
    <Flex direction="column" alignItems="flex-start" gap={1}>
      <Typography variant="pi" fontWeight="bold" id={title}>
        {text('explore.colour')}
      </Typography>
      <Flex role="group" aria-labelledby={title} gap={3} wrap="wrap">
        {NAMES.map((name) => {
          const count = counts && (counts.find((one) => one.name === name)?.count ?? 0);
          const label = text(`colour.${name}`);
          return (
            <Flex key={name} direction="column" gap={2} minWidth="28px">
              <Swatch
                type="button"
                $hex={COLOUR_NAMES[name]}
                aria-pressed={colour === name}
                title={label}
                onClick={() => onChange(colour === name ? undefined : name)}
              >
                <VisuallyHidden>
                  {count === undefined ? label : text('explore.colourOf', { colour: label, count })}
                </VisuallyHidden>
              </Swatch>
              <Typography variant="pi" textColor="neutral600" aria-hidden>
                {count ?? '…'}
              </Typography>
            </Flex>
          );
        })}
      </Flex>
    </Flex>
  );
}
