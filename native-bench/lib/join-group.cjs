/** Loaded into Strapi by NODE_OPTIONS: from its first line on, it and the processes that it starts belong to a group with limits. */
const { writeFileSync } = require('node:fs');

if (process.env.JOIN_GROUP) writeFileSync(process.env.JOIN_GROUP, String(process.pid));
