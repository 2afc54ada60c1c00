import { Typography } from '@strapi/design-system';
import type { PresetState } from '../../../plugin/contracts/settings';
import { useText } from '../hooks/use-text';
import { Section } from './Section';

/** What the preset of the configuration file sets. It is changed there only. */
export function Preset({ preset: { name, values } }: { preset: PresetState }) {
  const text = useText();
  return (
    <Section title="settings.preset.title" help="settings.preset.help">
      <Typography tag="p">{text('settings.preset.name', { name })}</Typography>
      <ul>
        {values.map(({ key, value, source }) => (
          <li key={key}>
            <Typography tag="span">{`${key}: ${value} · ${text(`settings.preset.${source}`)}`}</Typography>
          </li>
        ))}
      </ul>
    </Section>
  );
}
