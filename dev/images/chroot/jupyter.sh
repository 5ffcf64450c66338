# JupyterLab with the user and the paths of the images of the Jupyter project. Runs in a chroot.
apt-get update -qq
apt-get install -qq --no-install-recommends git python3 python3-venv

useradd --uid 1000 --gid users --create-home --shell /bin/bash jovyan
python3 -m venv /opt/conda
/opt/conda/bin/pip install --quiet --no-compile jupyterlab==4.6.6
chown -R jovyan:users /opt/conda

/opt/conda/bin/jupyter lab --version
