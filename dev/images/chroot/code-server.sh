# code-server from its npm package, with the Node.js it needs and its native modules compiled. Runs in a chroot.
apt-get update -qq
apt-get install -qq --no-install-recommends build-essential python3 ripgrep

target=/usr/lib/code-server
node=/run/build/node
npm=/run/build/npm-cli
mkdir -p $target $node $npm
tar -xzf /run/build/npm/node-linux-*.tgz -C $node --strip-components=1 --no-same-owner
tar -xzf /run/build/npm/npm-*.tgz -C $npm --strip-components=1 --no-same-owner
tar -xzf /run/build/npm/code-server-*.tgz -C $target --strip-components=1 --no-same-owner
export PATH=$node/bin:$PATH npm_config_nodedir=$node JOBS=max
ln -s $npm/bin/npm-cli.js $node/bin/npm

# Of the native modules, these are necessary on Linux and not in their packages. kerberos is loaded by nobody who does not
# authenticate to a proxy with it.
cd $target
npm install --ignore-scripts --omit=dev --no-audit --no-fund
cd lib/vscode
npm install --ignore-scripts --omit=dev --no-audit --no-fund
npm rebuild --build-from-source @vscode/native-watchdog @vscode/spdlog node-pty
mkdir -p node_modules/@vscode/ripgrep/bin
cp /usr/bin/rg node_modules/@vscode/ripgrep/bin/rg

# The rest of what the package's postinstall script does.
ln -sfn node_modules node_modules.asar
ln -sfn code-linux.sh bin/remote-cli/code-server
ln -sfn browser-linux.sh bin/helpers/browser.sh
cp $node/bin/node $target/lib/node

# A machine copies all of this when it starts: source maps and what compilation leaves are a third of it.
find $target -type f -name '*.map' -delete
find $target -type d -name obj.target -prune -exec rm -r {} +
find $target -type d -name .deps -prune -exec rm -r {} +

cat > /usr/local/bin/code-server <<'END'
#!/bin/sh
exec /usr/lib/code-server/lib/node /usr/lib/code-server "$@"
END
chmod 755 /usr/local/bin/code-server
useradd --uid 1000 --create-home --shell /bin/bash coder

code-server --version
