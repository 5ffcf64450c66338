# A machine for development, without a user of its own. Runs in a chroot.
apt-get update -qq
apt-get install -qq --no-install-recommends \
  build-essential curl git openssh-client python3 python3-pip wget

tar -xzf /run/build/npm/node-linux-*.tgz -C /usr/local --strip-components=1 --no-same-owner package/bin/node
mkdir -p /usr/local/lib/node_modules/npm
tar -xzf /run/build/npm/npm-*.tgz -C /usr/local/lib/node_modules/npm --strip-components=1 --no-same-owner
rm -rf /usr/local/lib/node_modules/npm/docs /usr/local/lib/node_modules/npm/man
for program in npm npx; do
  ln -s ../lib/node_modules/npm/bin/$program-cli.js /usr/local/bin/$program
done

npm --version
git --version
