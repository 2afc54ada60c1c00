# The same on an NVIDIA GPU. Not built and not run by the project, which has no such machine: docs/engines.md says what was.
# onnxruntime-node 1.30 needs CUDA 12 and cuDNN 9.
FROM node:22-bookworm-slim AS node
FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04
COPY --from=node /usr/local /usr/local
ARG PLUGIN=strapi-plugin-similar
WORKDIR /app
# Its install script fetches the CUDA provider.
RUN npm init --yes > /dev/null && npm install --omit=dev "${PLUGIN}" onnxruntime-node@1.30.0 && npm cache clean --force \
  && mkdir /models && chown ubuntu /models
USER ubuntu
ENV NODE_ENV=production SIMILAR_MODEL_CACHE=/models
VOLUME /models
EXPOSE 7700
ENTRYPOINT ["node", "node_modules/strapi-plugin-similar/dist/cli/main.js", "embedder", "--listen", "0.0.0.0:7700"]
