import { Button, Flex, Loader, Typography } from '@strapi/design-system';
import { useCallback, useRef } from 'react';
import type { DuplicatesResponse, DuplicateGroup as Group } from '../../../plugin/contracts/admin';
import type { Verdict } from '../../../plugin/contracts/rules';
import { Choice } from '../components/Choice';
import { Empty } from '../components/Empty';
import { Paging } from '../components/Paging';
import { type Address, useAddress, usePage } from '../hooks/use-address';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useHeld } from '../hooks/use-held';
import { useRemote } from '../hooks/use-remote';
import { type TextId, useText } from '../hooks/use-text';
import { MergeDialog } from '../merge/MergeDialog';
import { Merges } from '../merge/Merges';
import { keepFocus } from '../utils/keep-focus';
import { MERGE } from '../utils/permissions';
import { DownloadCsv } from './DownloadCsv';
import { DuplicateFilters } from './DuplicateFilters';
import { DuplicateGroup } from './DuplicateGroup';

const PAGE_SIZE = 10;
/** In the list of what is shown. */
const OPEN = 'open';
const MERGED = 'merged';
const JUDGED: ReadonlyArray<Verdict['kind']> = ['same', 'different'];
/** While pictures are being compared. */
const POLL_MS = 2_000;

export function Duplicates() {
  const text = useText();
  const api = useApi();
  const address = useAddress('duplicates');
  const { canJudge = false, canUpdate: canDelete = false } = useAllowed(MERGE);
  const place = useRef<HTMLDivElement>(null);
  // Undefined: where the configuration begins.
  const least = readLeast(address.get('least'));
  const samePhoto = address.get('find') !== 'similar';
  const judged = JUDGED.find((kind) => kind === address.get('show'));
  const isMerged = address.get('show') === MERGED;
  const { page, onPage } = usePage(address);
  const { folder, usedIn } = readScope(address);
  const filters = {
    samePhoto,
    ...(least !== undefined && { least }),
    ...(judged && { judged }),
    ...(folder && { folder }),
    ...(usedIn && { usedIn }),
  };
  const params = { ...filters, page };
  const groups = useRemote(isMerged ? undefined : JSON.stringify(params), (signal) => api.duplicates(params, signal), {
    delayMs: 150,
    pollMs: (known?: DuplicatesResponse) => (isComparing(known) ? POLL_MS : undefined),
  });
  const { data, error, loading, reload } = groups;
  // While pictures are being compared, groups come and go.
  const { shown, isOld, update } = useHeld(groups, (known) => known.groups);

  const emptyText = whyNone(data, { samePhoto, isScoped: folder !== undefined || usedIn !== undefined });

  // Once its copies are merged the group goes, and how that ended is still to be read.
  const held = useRef<Group>();
  const wanted = Number(address.get('merge'));
  if (!wanted || !(canJudge && canDelete)) held.current = undefined;
  else held.current ??= shown?.groups.find(({ pictures }) => pictures.some(({ id }) => id === wanted));

  const openMerge = useCallback((group: Group) => address.set({ merge: String(group.pictures[0].id) }), [address]);

  function closeMerge(): void {
    address.set({ merge: undefined }, true);
    // The dialog gives the focus back to the button, which may go with its group.
    setTimeout(() => {
      if (document.activeElement === document.body) place.current?.focus();
      keepFocus(document.activeElement);
      reload();
    });
  }

  return (
    <Flex ref={place} tabIndex={-1} direction="column" alignItems="stretch" gap={6} paddingTop={6}>
      <Flex gap={6} alignItems="flex-end" wrap="wrap">
        <Choice
          label={text('duplicates.show')}
          value={isMerged ? MERGED : (judged ?? OPEN)}
          onChange={(value) => address.set({ show: value === OPEN ? undefined : value, page: undefined })}
          options={[
            { value: OPEN, label: text('duplicates.open') },
            ...JUDGED.map((kind) => ({ value: kind, label: text(`duplicates.judged.${kind}`) })),
            { value: MERGED, label: text('duplicates.merged') },
          ]}
        />
        {!isMerged && <DuplicateFilters {...{ address, samePhoto, least, data }} />}
        {data && !isMerged && data.total > 0 && <DownloadCsv filters={filters} />}
        {data && !isMerged && (
          <Typography textColor="neutral600" role="status">
            {text('duplicates.count', { count: data.total })}
            {isComparing(data) && ` · ${text('duplicates.comparing', data.compared)}`}
            {isOld && ` · ${text('duplicates.changed')}`}
          </Typography>
        )}
        {isOld && (
          <Button
            size="S"
            variant="secondary"
            onClick={() => {
              place.current?.focus();
              update();
            }}
          >
            {text('duplicates.update')}
          </Button>
        )}
      </Flex>
      {isMerged && <Merges page={page} onPage={onPage} />}
      {error && (
        <Typography textColor="danger600" role="alert">
          {error.message}
        </Typography>
      )}
      {!data && loading && <Loader>{text('loading')}</Loader>}
      {shown && shown.groups.length === 0 && (
        <Empty
          content={text(emptyText)}
          action={
            emptyText === 'duplicates.noCopies' && (
              <Button
                variant="secondary"
                onClick={() => {
                  keepFocus(document.activeElement);
                  address.set({ find: 'similar', page: undefined });
                }}
              >
                {text('duplicates.kind.similar')}
              </Button>
            )
          }
        />
      )}
      {shown?.groups.map((group) => (
        <DuplicateGroup
          key={group.pictures.map(({ id }) => id).join(' ')}
          group={group}
          levels={shown.levels}
          least={shown.least}
          {...{ samePhoto, judged, canJudge, canDelete }}
          onChanged={reload}
          onMerge={canJudge && canDelete ? openMerge : undefined}
        />
      ))}
      {!isMerged && <Paging page={page} pageSize={PAGE_SIZE} total={shown?.total} onPage={onPage} />}
      {held.current && shown && <MergeDialog group={held.current} least={shown.least} onClose={closeMerge} />}
    </Flex>
  );
}

const isComparing = (data?: DuplicatesResponse) => data !== undefined && data.compared.done < data.compared.total;

function whyNone(data: DuplicatesResponse | undefined, of: { samePhoto: boolean; isScoped: boolean }): TextId {
  if (isComparing(data)) return 'duplicates.noneYet';
  if (of.isScoped) return 'duplicates.noneInScope';
  return of.samePhoto ? 'duplicates.noCopies' : 'duplicates.none';
}

function readScope(address: Address): { folder?: number; usedIn?: string } {
  const folder = Number(address.get('folder'));
  const usedIn = address.get('usedIn');
  return {
    folder: Number.isSafeInteger(folder) && folder > 0 ? folder : undefined,
    usedIn: usedIn && /^\w+::/.test(usedIn) ? usedIn : undefined,
  };
}

/** What somebody has typed into the address is not sent where the server would refuse it. */
function readLeast(value: string | undefined): number | undefined {
  const least = Number(value);
  return value !== undefined && least >= 0.8 && least <= 1 ? least : undefined;
}
