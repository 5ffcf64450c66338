{{/*
A bucket without a CSI driver: an init container copies it into an emptyDir, and a native sidecar copies changes back.
Neither needs privileges. The scripts are files in the chart; values of the user reach them only as variables.
*/}}

{{/* Escapes $, because Kubernetes expands $(NAME) in the value of a variable. */}}
{{- define "devmachine.literal" -}}
{{- replace "$" "$$" . | quote -}}
{{- end -}}

{{/* Call with (dict "machine" $machine "mount" $mount). */}}
{{- define "devmachine.s3Variables" -}}
{{- $s3 := .mount.s3 -}}
{{- $endpoint := get $s3 "endpoint" | default (get .machine.admin "s3Endpoint") -}}
- name: BUCKET
  value: {{ include "devmachine.literal" (printf "bucket:%s/%s" $s3.bucket (get $s3 "prefix" | default "")) }}
- name: RCLONE_CONFIG
  value: /notfound
- name: RCLONE_CACHE_DIR
  value: /tmp/rclone
- name: RCLONE_CONFIG_BUCKET_TYPE
  value: s3
- name: RCLONE_CONFIG_BUCKET_PROVIDER
  value: {{ ternary "Other" "AWS" (ne $endpoint "") }}
{{- with $endpoint }}
- name: RCLONE_CONFIG_BUCKET_ENDPOINT
  value: {{ include "devmachine.literal" . }}
{{- end }}
{{- with get $s3 "region" | default (get .machine.admin "s3Region") }}
- name: RCLONE_CONFIG_BUCKET_REGION
  value: {{ include "devmachine.literal" . }}
{{- end }}
{{- with get $s3 "secretName" }}
- name: RCLONE_CONFIG_BUCKET_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: accessKeyId
- name: RCLONE_CONFIG_BUCKET_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: secretAccessKey
{{- end }}
{{- end -}}

{{/* "true" if the pod has a sidecar that writes changes back, otherwise empty. Call with the machine's context. */}}
{{- define "devmachine.hasSidecars" -}}
{{- $context := . -}}
{{- $count := 0 -}}
{{- range .root.Values.mounts -}}
{{- $isCopy := eq (include "devmachine.mountMethod" (merge (dict "mount" .) $context)) "s3copy" -}}
{{- if and $isCopy (not (get . "readOnly")) -}}{{- $count = add1 $count -}}{{- end -}}
{{- end -}}
{{- if gt (int64 $count) 0 }}true{{ end -}}
{{- end -}}

{{/* Call with (dict "root" $ "machine" $machine "mount" $mount "index" $index). */}}
{{- define "devmachine.s3Containers" -}}
- name: s3-fetch-{{ .index }}
  {{- include "devmachine.s3Container" (merge (dict "script" "s3-fetch.sh") .) | nindent 2 }}
{{- if not (get .mount "readOnly") }}
- name: s3-write-back-{{ .index }}
  restartPolicy: Always
  {{- include "devmachine.s3Container" (merge (dict "script" "s3-write-back.sh") .) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The copy itself is in the machine's room. The sidecar, whose room is added to the machine's, writes only its log. */}}
{{- define "devmachine.s3Resources" -}}
{{- $room := include "devmachine.room" . | fromJson -}}
{{- if eq .script "s3-write-back.sh" -}}
{{- if $room.requests -}}{{- $_ := set $room "requests" (dict "ephemeral-storage" "64Mi") -}}{{- end -}}
{{- if $room.limits -}}{{- $_ := set $room "limits" (dict "ephemeral-storage" "256Mi") -}}{{- end -}}
{{- end -}}
{{- dict
  "requests" (merge $room.requests (dict "cpu" "50m" "memory" "64Mi"))
  "limits" (merge $room.limits (dict "cpu" "500m" "memory" "512Mi"))
  | toYaml -}}
{{- end -}}

{{- define "devmachine.s3Container" -}}
image: {{ .machine.admin.s3Image | quote }}
command: [sh, -c]
args:
  - {{ .root.Files.Get (print "files/" .script) | replace "$" "$$" | quote }}
env:
  {{- include "devmachine.s3Variables" . | nindent 2 }}
resources:
  {{- include "devmachine.s3Resources" . | nindent 2 }}
securityContext:
  {{- include "devmachine.helperSecurity" .machine | nindent 2 }}
volumeMounts:
  - name: mount-{{ .index }}
    mountPath: /data
{{- end -}}
