-- Run once, on an empty volume, by the superuser whom nothing else uses: MLflow owns its database, and may do no more.
\set password `cat "$MLFLOW_PASSWORD_FILE"`
CREATE ROLE mlflow LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE mlflow OWNER mlflow;
REVOKE ALL ON DATABASE mlflow, postgres, template1 FROM PUBLIC;
