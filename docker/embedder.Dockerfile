# Embeds pictures for Strapis on other machines, on a CPU: docs/docker.md.
# Debian and not Alpine: the native runtimes need its C library.
ARG BASE=node:22-bookworm-slim
FROM ${BASE}
# Whatever npm can install: a version, a URL, a packed file.
ARG PLUGIN=strapi-plugin-similar
WORKDIR /app
RUN npm init --yes > /dev/null && npm install --omit=dev "${PLUGIN}" && npm cache clean --force \
  && mkdir /models && chown node /models
USER node
ENV NODE_ENV=production SIMILAR_MODEL_CACHE=/models
VOLUME /models
EXPOSE 7700
# Ends at SIGTERM, once everything that it has taken is answered. The token is in SIMILAR_EMBEDDER_TOKEN.
ENTRYPOINT ["node", "node_modules/strapi-plugin-similar/dist/cli/main.js", "embedder", "--listen", "0.0.0.0:7700"]
