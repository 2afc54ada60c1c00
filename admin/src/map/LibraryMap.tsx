import { Box, Button, Flex, Loader, Typography } from '@strapi/design-system';
import { useCallback, useMemo, useState } from 'react';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import type { MapResponse } from '../../../plugin/contracts/map';
import { Empty } from '../components/Empty';
import { useAction } from '../hooks/use-action';
import { useAddress } from '../hooks/use-address';
import { useAllowed } from '../hooks/use-allowed';
import { useAmounts } from '../hooks/use-amounts';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { MANAGE } from '../utils/permissions';
import { loadBitmap } from './bitmap';
import { ChosenPictures } from './ChosenPictures';
import { GroupingChoice } from './GroupingChoice';
import { Legend } from './Legend';
import { MapCanvas } from './MapCanvas';
import { PicturesInView } from './PicturesInView';
import { unpackPoints } from './points';
import { createThumbnails, type Thumbnails } from './thumbnails';
import { useChosen } from './use-chosen';
import { useGroups } from './use-groups';

const BUSY_MS = 1_500;
/** In the list next to the map. */
const LISTED = 24;

const isBusy = (map?: MapResponse) => !map || map.computing !== undefined || map.total === undefined;

interface LibraryMapProps {
  /** @param others file ids: what is found shall be like them, too. */
  onAsk(picture: number, others?: number[]): void;
}

/** The tab “Map”: the whole library, alike pictures near each other. */
export default function LibraryMap({ onAsk }: LibraryMapProps) {
  const text = useText();
  const api = useApi();
  const address = useAddress('map');
  const { act, busy } = useAction();
  const { time } = useAmounts();
  const { canManage = false } = useAllowed(MANAGE);
  const [listed, setListed] = useState<AdminPicture[]>([]);
  const [marked, setMarked] = useState<number>();
  const { data, error, reload } = useRemote('map', (signal) => api.map(signal), {
    pollMs: (known?: MapResponse) => (isBusy(known) ? BUSY_MS : undefined),
  });
  // While the map is being laid out again, the server keeps sending the same one.
  const packed = useMemo(() => data && `${data.gaps.join()} ${data.places}`, [data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the points are made of
  const points = useMemo(() => data && unpackPoints(data), [packed]);

  const chosen = useChosen(address, points);
  const groups = useGroups(address, points);

  const thumbnails = useCallback(
    (onChange: () => void) => createThumbnails({ loadPictures: api.mapPictures, loadBitmap, onChange }),
    [api],
  );
  const onView = useCallback((ids: number[], { pictureOf }: Thumbnails<ImageBitmap>) => {
    setListed(ids.slice(0, LISTED).flatMap((id) => pictureOf(id) ?? []));
  }, []);

  if (!data || !points) {
    return error ? <Typography role="alert">{error.message}</Typography> : <Loader>{text('loading')}</Loader>;
  }
  const recompute = () =>
    act(async () => {
      await api.run('map/recompute');
      reload();
    });
  const cancel = () =>
    act(
      async () => {
        const { cancelled } = await api.cancelLayout();
        reload();
        return cancelled;
      },
      (cancelled) => text(cancelled ? 'map.done.cancel' : 'map.done.tooLate'),
    );
  const isComputing = data.computing !== undefined;
  // One button, so that the focus stays where it is.
  const layoutButton = canManage && (
    <Button variant="tertiary" disabled={busy} onClick={isComputing ? cancel : recompute}>
      {text(isComputing ? 'map.cancel' : 'map.recompute')}
    </Button>
  );
  return (
    <Flex direction="column" alignItems="stretch" gap={4} paddingTop={6}>
      <Flex justifyContent="space-between" gap={6} wrap="wrap">
        <Typography textColor="neutral600" role="status">
          {text('map.count', { shown: points.ids.length, total: data.total ?? points.ids.length })}
          {data.computing !== undefined && ` · ${text('map.computing', { share: data.computing })}`}
          {data.secondsLeft ? ` · ${text('model.left', { time: time(data.secondsLeft) })}` : ''}
          {data.cancelled && ` · ${text('map.cancelled')}`}
        </Typography>
        <ChosenPictures
          chosen={chosen}
          onSearch={() => {
            const [first, ...others] = chosen.ids;
            onAsk(first, others);
          }}
        />
      </Flex>
      {groups.error && (
        <Typography textColor="danger600" role="alert">
          {groups.error.message}
        </Typography>
      )}
      {(error?.message ?? data.problem) && (
        <Typography textColor="danger600" role="alert">
          {error?.message ?? text('map.problem', { reason: data.problem as string })}
        </Typography>
      )}
      {points.ids.length === 0 && data.total === 0 && <Empty content={text('map.empty')} />}
      {points.ids.length === 0 && Boolean(data.total) && <Flex>{layoutButton}</Flex>}
      {points.ids.length > 0 && (
        <Flex gap={6} alignItems="stretch">
          <Box flex="1" minWidth={0}>
            <MapCanvas
              points={points}
              thumbnails={thumbnails}
              marked={marked}
              colouring={groups.shown?.colouring}
              legend={groups.shown && <Legend groups={groups.shown.groups} />}
              chosen={chosen.set}
              onSelect={chosen.toggle}
              onCatch={chosen.take}
              onView={onView}
              onAsk={({ id }) => onAsk(id)}
            >
              <GroupingChoice by={groups.by} onChange={groups.setBy} />
              {layoutButton}
            </MapCanvas>
          </Box>
          <PicturesInView
            pictures={listed}
            onMark={setMarked}
            onAsk={({ id }) => onAsk(id)}
            chosen={chosen.set}
            full={chosen.full}
            groupOf={groups.shown?.nameOf}
            onSelect={chosen.toggle}
          />
        </Flex>
      )}
    </Flex>
  );
}
