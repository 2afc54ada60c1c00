import type { SettableType } from '../../../plugin/contracts/settings';
import { Boost } from './Boost';
import { ContentTypes } from './ContentTypes';
import { Fallback } from './Fallback';
import { RelateTo } from './RelateTo';
import { Section } from './Section';
import { SwitchSetting } from './SwitchSetting';
import { TextSetting } from './TextSetting';
import { Threshold } from './Threshold';
import { Webhook } from './Webhook';

/** Links between pictures that are less alike are not kept: see plugin/search/duplicates.ts. */
const LEAST_LINK = 0.8;

const THRESHOLDS = [
  ['identical', LEAST_LINK],
  ['nearDuplicate', LEAST_LINK],
  ['similar', 0],
] as const;

/** All that can be set, in groups. */
export function Sections({ types }: { types: SettableType[] }) {
  return (
    <>
      <Section title="settings.types.title" help="settings.types.help">
        <ContentTypes types={types} />
      </Section>
      <Section title="settings.thresholds.title" help="settings.thresholds.help">
        {THRESHOLDS.map(([name, min]) => (
          <Threshold
            key={name}
            name={`thresholds.${name}`}
            min={min}
            label={`settings.thresholds.${name}`}
            help={`settings.thresholds.${name}Help`}
          />
        ))}
      </Section>
      <Section title="settings.boost.title" help="settings.boost.help">
        <Boost types={types} />
      </Section>
      <Section title="settings.fallback.title" help="settings.fallback.help">
        <Fallback types={types} />
      </Section>
      <Section title="settings.relate.title" help="settings.relate.help">
        <RelateTo types={types} />
      </Section>
      <Section title="settings.uploads.title" help="settings.uploads.help">
        <SwitchSetting name="uploads.notices" label="settings.uploads.notices" hint="settings.uploads.noticesHint" />
      </Section>
      <Section title="settings.webhook.title" help="settings.webhook.help">
        <Webhook />
      </Section>
      <Section title="settings.cache.title" help="settings.cache.help">
        <TextSetting name="api.cacheControl" label="settings.cache.header" hint="settings.cache.hint" />
      </Section>
    </>
  );
}
