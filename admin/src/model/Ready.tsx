import { useRef } from 'react';
import type { ComparisonResponse } from '../../../plugin/contracts/comparison';
import { useAddress, usePage } from '../hooks/use-address';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { ComparedPicture } from './ComparedPicture';
import { PAGE_SIZE, type Place, placeOf, readWanted } from './place';
import { Result } from './Result';
import { Sample } from './Sample';

interface ReadyProps {
  comparison: NonNullable<ComparisonResponse['comparison']>;
  live: string;
  canManage: boolean;
  canJudge: boolean;
  onChanged(): void;
  onDiscarded(): void;
}

/** The sample can be looked at: one picture, or the result so far and all pictures. */
export function Ready({ comparison, live, canManage, canJudge, onChanged, onDiscarded }: ReadyProps) {
  const api = useApi();
  const address = useAddress('model');
  const { page, onPage } = usePage(address);
  const wanted = readWanted(address.get('picture'));
  /** The picture that was open: whoever comes back from it is in its place in the list. */
  const left = useRef<number>();
  const { startedAt } = comparison;
  const sample = useRemote(`${startedAt} ${page}`, (signal) =>
    api.comparedPictures({ page, pageSize: PAGE_SIZE }, signal).then((found) => ({ ...found, page })),
  );
  const isShown = sample.data?.page === page;
  const open = (place: Place) =>
    address.set({
      picture: String(place.picture),
      page: place.page === 1 ? undefined : String(place.page),
    });

  const total = sample.data?.total ?? 0;
  const ids = isShown ? sample.data?.pictures.map(({ id }) => id) : undefined;
  const place = wanted && placeOf(wanted, { ids, page, pages: Math.ceil(total / PAGE_SIZE) });
  // The first of a page that is empty by now is none.
  if (!place || (ids && place.id === undefined)) {
    return (
      <>
        <Result {...{ comparison, live, canManage, onDiscarded }} />
        <Sample
          {...{ sample, canJudge, page, onPage, left }}
          names={{ live, other: comparison.model }}
          onOpen={(picture) => open({ picture, page })}
        />
      </>
    );
  }
  return (
    <ComparedPicture
      key={startedAt}
      {...{ place, canJudge, left }}
      of={startedAt}
      number={place.at === undefined ? undefined : (page - 1) * PAGE_SIZE + place.at + 1}
      total={total}
      names={{ live, other: comparison.model }}
      problem={sample.error}
      onOpen={open}
      onVoted={() => {
        sample.reload();
        onChanged();
      }}
      onClose={() => address.set({ picture: undefined })}
    />
  );
}
