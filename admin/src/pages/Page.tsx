import { Loader, Tabs } from '@strapi/design-system';
import { Layouts, Page as StrapiPage } from '@strapi/strapi/admin';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useAllowed } from '../hooks/use-allowed';
import { useText } from '../hooks/use-text';
import { ModelTab } from '../model/ModelTab';
import { MANAGE_OR_JUDGE, READ } from '../utils/permissions';
import { Decisions } from './Decisions';
import { Duplicates } from './Duplicates';
import { Explore } from './Explore';
import { IndexState } from './IndexState';

const LibraryMap = lazy(() => import('../map/LibraryMap'));

const TABS = ['explore', 'map', 'duplicates', 'decisions', 'index', 'model'] as const;
type Tab = (typeof TABS)[number];

/** The page “Similar items”: explore, view the map, review duplicates and decisions, manage the index, compare models. */
export default function Page() {
  const text = useText();
  // Links lead to a tab: ?tab=duplicates
  const [address, setAddress] = useSearchParams();
  const asked = address.get('tab');
  const { canManage = false, canJudge = false, isLoading } = useAllowed(MANAGE_OR_JUDGE);
  const mayCompare = canManage || canJudge || (isLoading && asked === 'model');
  const tabs = TABS.filter((id) => id !== 'model' || mayCompare);
  const tab: Tab = tabs.find((id) => id === asked) ?? 'explore';

  function setTab(next: Tab, more: Record<string, string | undefined> = {}): void {
    setAddress((before) => {
      const params: Array<[string, string | undefined]> = Object.entries({
        ...Object.fromEntries(before),
        tab: next,
        ...more,
      });
      return new URLSearchParams(params.filter((param): param is [string, string] => param[1] !== undefined));
    });
  }

  const explore = (picture: number, others: number[] = []) =>
    setTab('explore', {
      'explore.picture': String(picture),
      'explore.entry': undefined,
      'explore.with': others.join(',') || undefined,
    });

  const contents: Record<Tab, JSX.Element> = {
    explore: <Explore />,
    map: (
      <Suspense fallback={<Loader>{text('loading')}</Loader>}>
        <LibraryMap onAsk={explore} />
      </Suspense>
    ),
    duplicates: <Duplicates />,
    decisions: <Decisions />,
    index: <IndexState />,
    model: <ModelTab />,
  };
  return (
    <StrapiPage.Protect permissions={READ as never}>
      <StrapiPage.Title>{text('page.title')}</StrapiPage.Title>
      <StrapiPage.Main>
        <Layouts.Header title={text('page.title')} subtitle={text('page.subtitle')} />
        <Layouts.Content>
          <Tabs.Root value={tab} onValueChange={(next: string) => setTab(next as Tab)} variant="simple">
            <Tabs.List aria-label={text('page.title')}>
              {tabs.map((id) => (
                <Tabs.Trigger key={id} value={id}>
                  {text(`${id}.tab`)}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            {tabs.map((id) => (
              <Tabs.Content key={id} value={id}>
                {contents[id]}
              </Tabs.Content>
            ))}
          </Tabs.Root>
        </Layouts.Content>
      </StrapiPage.Main>
    </StrapiPage.Protect>
  );
}
