import { Flex, Link, Typography } from '@strapi/design-system';
import { Widget as StrapiWidget } from '@strapi/strapi/admin';
import { Link as RouterLink } from 'react-router-dom';
import styled from 'styled-components';
import type { DuplicatesResponse } from '../../../plugin/contracts/admin';
import { Coverage } from '../components/Coverage';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';

const POLL_MS = 10_000;
const GROUPS = 3;
const PICTURES = 4;

const PAGE = '/plugins/similar';

const Group = styled(RouterLink)`
  display: block;
  padding: 4px;
  border-radius: 4px;
  text-decoration: none;

  &:hover {
    background: ${({ theme }) => theme.colors.primary100};
  }

  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
  }
`;

/** Home page: how much of the library is indexed, what failed, and duplicates. */
export function Widget() {
  const text = useText();
  const api = useApi();
  const { data, error } = useRemote('widget', (signal) => api.progress(signal), { pollMs: POLL_MS });
  // Not shown to those who may not read the media library.
  const duplicates = useRemote('duplicates', (signal) => api.newestDuplicates(GROUPS, signal)).data;
  if (!data) return error ? <StrapiWidget.Error /> : <StrapiWidget.Loading />;
  const failed = data.failed + data.unsupported;
  return (
    <Flex direction="column" alignItems="stretch" gap={4} height="100%">
      <Coverage space={data} paused={data.paused} />
      {failed > 0 ? (
        <Link tag={RouterLink} to={`${PAGE}?tab=index`}>
          {text('widget.failed', { count: failed })}
        </Link>
      ) : (
        <Typography textColor="neutral600">{text('widget.failed', { count: failed })}</Typography>
      )}
      {duplicates && <NewestDuplicates found={duplicates} />}
    </Flex>
  );
}

function NewestDuplicates({ found: { groups, total } }: { found: DuplicatesResponse }) {
  const text = useText();
  const count = text('duplicates.count', { count: total });
  if (total === 0) return <Typography textColor="neutral600">{count}</Typography>;
  return (
    <Flex direction="column" alignItems="stretch" gap={2}>
      <Link tag={RouterLink} to={`${PAGE}?tab=duplicates`}>
        {count}
      </Link>
      <Flex tag="ul" direction="column" alignItems="stretch" gap={2} aria-label={text('widget.newest')}>
        {groups.map(({ pictures }) => (
          <li key={pictures[0].id}>
            <Group to={`${PAGE}?tab=duplicates`} title={pictures.map(({ name }) => name).join(' · ')}>
              <Flex gap={2} alignItems="center">
                {pictures.slice(0, PICTURES).map((picture) => (
                  <Thumbnail key={picture.id} picture={picture} size={40} />
                ))}
                <Typography variant="pi" textColor="neutral800" flex="1" minWidth={0}>
                  <Name name={pictures[0].name} />
                </Typography>
              </Flex>
            </Group>
          </li>
        ))}
      </Flex>
    </Flex>
  );
}
