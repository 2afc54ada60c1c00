import { Box, Flex, TextButton, Typography } from '@strapi/design-system';
import { Lock } from '@strapi/icons';
import type { ReactNode } from 'react';
import { type TextId, useText } from '../hooks/use-text';
import type { Setting } from './use-setting';

interface SectionProps {
  title: TextId;
  help: TextId;
  children: ReactNode;
}

/** Settings that belong together. */
export function Section({ title, help, children }: SectionProps) {
  const text = useText();
  return (
    <Box
      background="neutral0"
      hasRadius
      shadow="filterShadow"
      padding={6}
      tag="section"
      aria-label={text(title)}
      width="100%"
    >
      <Flex direction="column" alignItems="stretch" gap={4}>
        <Box>
          <Typography variant="delta" tag="h2">
            {text(title)}
          </Typography>
          <Typography variant="pi" textColor="neutral600" tag="p">
            {text(help)}
          </Typography>
        </Box>
        {children}
      </Flex>
    </Box>
  );
}

interface SourceProps {
  setting: Pick<Setting<unknown>, 'fixed' | 'source' | 'ignored'> & { change(value: null): void };
  /** What the setting is called, for those who do not see where it stands. */
  label: string;
}

/** Where a value comes from, and the way back to the default. */
export function Source({ setting: { fixed, source, ignored, change }, label }: SourceProps) {
  const text = useText();
  return (
    <Flex gap={2} wrap="wrap">
      {fixed && (
        <Flex gap={1}>
          <Lock width="12px" height="12px" aria-hidden />
          <Typography variant="pi" textColor="neutral600">
            {text('settings.fixed', { file: 'config/plugins' })}
          </Typography>
        </Flex>
      )}
      {source === 'settings' && (
        <TextButton onClick={() => change(null)} aria-label={text('settings.toDefaultOf', { label })}>
          {text('settings.toDefault')}
        </TextButton>
      )}
      {ignored && (
        <Typography variant="pi" textColor="neutral800" fontWeight="semiBold" role="status">
          {text('settings.ignored', { reason: ignored })}
        </Typography>
      )}
    </Flex>
  );
}
