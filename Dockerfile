# One image for the web application and for every part of Airflow.
FROM python:3.12-slim-bookworm

# Extras of pyproject.toml. With doctr or nli, torch is the CUDA build (about 6 GB); it works without a GPU too.
ARG EXTRAS=embed,postgres,airflow,celery

ENV PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    OMP_THREAD_LIMIT=1 \
    ARCHIVEIA_HOME=/data \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/archiveia/dags

# libgl1 and libglib2.0-0 are for OpenCV (extras doctr and ppocr).
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libgl1 libglib2.0-0 tesseract-ocr tesseract-ocr-fra tesseract-ocr-osd \
    && rm -rf /var/lib/apt/lists/*

# Volumes take their owner from these folders when they are made.
RUN useradd --uid 10001 --create-home archiveia \
    && mkdir -p /data /opt/airflow/logs /opt/airflow/auth \
    && chown -R archiveia:archiveia /data /opt/airflow

WORKDIR /opt/archiveia
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY archiveia archiveia
COPY search_ui search_ui
COPY schemas schemas
COPY models models
COPY dags dags
RUN pip install --no-cache-dir -c constraints.txt ".[${EXTRAS}]"

# Out of the sources: Python must find the installed package, as everywhere else.
WORKDIR /data
USER archiveia
EXPOSE 8000
CMD ["archiveia", "serve", "--host", "0.0.0.0", "--port", "8000"]
