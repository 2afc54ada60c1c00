import type { Core } from '@strapi/strapi';
import type { z } from '@strapi/utils';

/** On whose behalf a tool is called: what the admin token that came with the request may do. */
export interface Caller {
  userAbility: unknown;
}

export type Content = { type: 'text'; text: string } | { type: 'image'; data: string; mimeType: string };

export interface ToolResult {
  content: Content[];
  /** As the schema of the output says; absent where it failed. */
  structuredContent?: object;
  isError?: true;
}

export type Handler = (call: { args?: unknown }) => Promise<ToolResult>;

export interface Tool {
  name: string;
  title: string;
  description: string;
  /** Who has none of these does not see the tool. */
  auth: { policies: Array<{ action: string }> };
  resolveInputSchema(): z.ZodObject;
  resolveOutputSchema(): z.ZodObject;
  createHandler(strapi: Core.Strapi, caller: Caller): Handler;
}

/** Strapi's server of the Model Context Protocol, as far as it is used here. */
export interface McpServer {
  isEnabled(): boolean;
  /** Before it starts, as it does when Strapi boots. */
  registerTool(tool: Tool): void;
}

/** Undefined where the project has not switched it on: then nothing of it is loaded. */
export function mcpServer(strapi: Core.Strapi): McpServer | undefined {
  const server = strapi.ai.mcp as unknown as McpServer;
  return server.isEnabled() ? server : undefined;
}
