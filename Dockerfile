# One image for every process of the engine; the command says which: dist/api/main.js, dist/workers/main.js, dist/workers/catcher.js.
# Debian and not Alpine: Temporal's native core is linked against glibc.

FROM node:20.20.2-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY . .
# Compiles, and bundles the workflow code once, so that no worker does it when it starts.
RUN npm run build && rm -rf dist/dev dist/bench dist/.built dist/.tsbuildinfo

FROM node:20.20.2-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The native core comes for five platforms; four of them would be the largest part of the image.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# The slim image has no certificate authorities, and the native core looks for the system's.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
# By number, so that an orchestrator can see that it is not root. Nothing here belongs to it: the image is read only.
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]
CMD ["dist/api/main.js"]
