import { Tabs } from '@strapi/design-system';
import { Layouts, Page as StrapiPage } from '@strapi/strapi/admin';
import { READ } from '../lib/permissions';
import { useText } from '../lib/use-text';
import { Duplicates } from './Duplicates';
import { Explore } from './Explore';
import { IndexState } from './IndexState';

const TABS = [
  { id: 'explore', Content: Explore },
  { id: 'duplicates', Content: Duplicates },
  { id: 'index', Content: IndexState },
] as const;

/** The page “Similar items”: explore, triage duplicates, look after the index. */
export default function Page() {
  const text = useText();
  return (
    <StrapiPage.Protect permissions={READ as never}>
      <StrapiPage.Title>{text('page.title')}</StrapiPage.Title>
      <StrapiPage.Main>
        <Layouts.Header title={text('page.title')} subtitle={text('page.subtitle')} />
        <Layouts.Content>
          <Tabs.Root defaultValue="explore" variant="simple">
            <Tabs.List aria-label={text('page.title')}>
              {TABS.map(({ id }) => (
                <Tabs.Trigger key={id} value={id}>
                  {text(`${id}.tab`)}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            {TABS.map(({ id, Content }) => (
              <Tabs.Content key={id} value={id}>
                <Content />
              </Tabs.Content>
            ))}
          </Tabs.Root>
        </Layouts.Content>
      </StrapiPage.Main>
    </StrapiPage.Protect>
  );
}
