# Image of the backend: a bundle that needs no node_modules, run as a user without privileges.
FROM docker.io/library/node:26.10.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY client client
COPY console console
COPY src src
RUN npm run build

FROM docker.io/library/node:26.10.0-bookworm-slim
LABEL org.opencontainers.image.title="devmachine" \
      org.opencontainers.image.description="Self-service development machines on Kubernetes: the REST backend" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER 65532:65532
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# V8 collects garbage in one more thread, so that both fit into a limit of 2 CPUs: with the four that it starts by default, the
# kernel would throttle the container. It does not compact its memory when the process is idle, which takes a long pause.
CMD ["node", "--v8-pool-size=1", "--no-memory-reducer", "dist/main.js"]
