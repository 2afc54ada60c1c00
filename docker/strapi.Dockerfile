# A Strapi project with the plugin; the context is the project's folder: docs/docker.md.
# Debian and not Alpine: the native runtimes of sharp, onnxruntime and usearch need its C library.
ARG BASE=node:22-bookworm-slim
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json* ./
RUN if [ -f package-lock.json ]; then npm ci; else npm install; fi
COPY . .
ENV NODE_ENV=production
RUN npm run build && npm prune --omit=dev

FROM ${BASE}
WORKDIR /app
COPY --from=build --chown=node /app ./
# Models are downloaded once, and index files are a cache of the database: both may be lost, and are better kept.
RUN mkdir -p /models public/uploads public/.similar && chown -R node /models public
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=1337 SIMILAR_MODEL_CACHE=/models
VOLUME ["/models", "/app/public/uploads", "/app/public/.similar"]
EXPOSE 1337
HEALTHCHECK --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/_health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "node_modules/@strapi/strapi/bin/strapi.js", "start"]
