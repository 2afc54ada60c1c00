import { Flex, TextButton, Typography } from '@strapi/design-system';
import styled from 'styled-components';
import type { ItemsResponse } from '../../../plugin/contracts/admin';
import type { Rule } from '../../../plugin/contracts/rules';
import { useAction } from '../hooks/use-action';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { type TextId, useText } from '../hooks/use-text';
import { JUDGE } from '../utils/permissions';

type Shown = ItemsResponse['rules'][number];

const describe = (rule: Shown): TextId =>
  rule.kind === 'pin' ? 'decision.pin' : rule.source ? 'decision.hide-here' : 'decision.hide-everywhere';

/** Large enough for a finger. */
const UndoButton = styled(TextButton)`
  min-height: 24px;
  min-width: 24px;
  flex: none;
`;

/** The decisions for this entry, each with its undo. */
export function RuleList({ rules, onChanged }: { rules: Shown[]; onChanged(): void }) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const { canJudge = false } = useAllowed(JUDGE);
  if (rules.length === 0) return null;

  const undo = ({ label: _label, author: _author, createdAt: _createdAt, ...rule }: Shown) =>
    act(async () => {
      await api.removeRule(rule as Rule);
      onChanged();
    }, 'rule.undone');

  return (
    <Flex direction="column" alignItems="stretch" gap={1} tag="ul" aria-label={text('rule.title')}>
      {rules.map((rule) => (
        <Flex key={`${rule.kind} ${rule.source} ${rule.target}`} justifyContent="space-between" gap={2} tag="li">
          <Flex direction="column" alignItems="flex-start" minWidth={0}>
            <Typography variant="pi" fontWeight="semiBold" ellipsis title={rule.label} maxWidth="100%">
              {rule.label}
            </Typography>
            <Typography variant="pi" textColor="neutral600">
              {[text(describe(rule)), rule.author && text('rule.by', { author: rule.author })]
                .filter(Boolean)
                .join(' · ')}
            </Typography>
          </Flex>
          {canJudge && (
            <UndoButton
              disabled={busy}
              onClick={() => undo(rule)}
              aria-label={text('rule.undoOf', { label: rule.label })}
            >
              {text('rule.undo')}
            </UndoButton>
          )}
        </Flex>
      ))}
    </Flex>
  );
}
