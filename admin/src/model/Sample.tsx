import { Badge, Box, Loader, Typography } from '@strapi/design-system';
import type { MutableRefObject } from 'react';
import styled from 'styled-components';
import type { ComparedPicturesResponse } from '../../../plugin/contracts/comparison';
import { Name } from '../components/Name';
import { Paging } from '../components/Paging';
import { Thumbnail } from '../components/Thumbnail';
import type { Remote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { PAGE_SIZE } from './place';
import type { Compared } from './sides';
import { useProblem } from './use-problem';

const Grid = styled.ul`
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(148px, 1fr));
  gap: 16px;
`;

const Picture = styled.button`
  display: flex;
  flex-direction: column;
  align-items: center;
  gap: 8px;
  width: 100%;
  height: 100%;
  padding: 12px;
  border-radius: 4px;
  cursor: pointer;
  background: ${({ theme }) => theme.colors.neutral0};
  box-shadow: ${({ theme }) => theme.shadows.tableShadow};

  &:hover {
    background: ${({ theme }) => theme.colors.primary100};
  }

  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 2px;
  }
`;

interface SampleProps {
  sample: Remote<ComparedPicturesResponse>;
  canJudge: boolean;
  page: number;
  onPage(page: number): void;
  names: Record<Compared, string>;
  /** The picture that was open. */
  left: MutableRefObject<number | undefined>;
  onOpen(id: number): void;
}

/** The pictures of the sample, with what was voted. */
export function Sample({ sample: { data, error, loading }, canJudge, page, onPage, names, left, onOpen }: SampleProps) {
  const text = useText();
  const { sayError } = useProblem();

  function takeFocus(id: number, button: HTMLButtonElement | null): void {
    if (!button || left.current !== id) return;
    left.current = undefined;
    button.focus();
  }

  return (
    <>
      <Box>
        <Typography variant="delta" tag="h2">
          {text('model.sample')}
        </Typography>
        <Typography textColor="neutral600">{text(canJudge ? 'model.sampleVote' : 'model.sampleHelp')}</Typography>
      </Box>
      {error && (
        <Typography textColor="danger600" role="alert">
          {sayError(error)}
        </Typography>
      )}
      {!data && loading && <Loader>{text('loading')}</Loader>}
      {data && (
        <Grid aria-label={text('model.sample')} aria-busy={loading}>
          {data.pictures.map((picture) => (
            <li key={picture.id}>
              <Picture type="button" ref={(button) => takeFocus(picture.id, button)} onClick={() => onOpen(picture.id)}>
                <Thumbnail picture={picture} size={124} />
                <Typography variant="pi" textColor="neutral800" width="124px">
                  <Name name={picture.name} />
                </Typography>
                {picture.vote && (
                  <Badge textColor="neutral800" maxWidth="100%">
                    {picture.vote === 'same' ? text('model.noDifference') : names[picture.vote]}
                  </Badge>
                )}
              </Picture>
            </li>
          ))}
        </Grid>
      )}
      <Paging page={page} pageSize={PAGE_SIZE} total={data?.total} onPage={onPage} />
    </>
  );
}
