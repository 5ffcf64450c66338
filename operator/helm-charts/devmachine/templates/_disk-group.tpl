{{/*
The group of the machine's disk, which is the pod's fsGroup; empty if it is not known. Call with the root.

With another fsGroup, the kubelet makes every file on the disk accessible to that group, also the private keys, which ssh then
refuses. So a disk keeps its group whatever template uses it. The group is remembered on the claim. Without the annotation,
version 0.1.0 of this chart may have created the disk, with the group 100 or 1000, depending on the template:

  - If the machine's Deployment uses the disk, the group is the pod template's.
  - If the claim is not bound, the disk has no files, and gets the group 1000.
  - Otherwise the group is not known. Without an fsGroup nothing changes, and a pod that is in both groups can use the disk:
    the kubelet has made its root directory writable for the group, and new files there belong to the group, too.
*/}}
{{- define "devmachine.diskGroup" -}}
{{- $claim := dict -}}
{{- if .Values.storage -}}
{{- $claim = include "devmachine.claim" . | fromJson -}}
{{- end -}}
{{- $pod := include "devmachine.recordedTemplate" . | fromJson -}}
{{- $usesDisk := false -}}
{{- range dig "spec" "volumes" list $pod -}}
{{- if eq (dig "persistentVolumeClaim" "claimName" "" .) (include "devmachine.diskName" $) -}}{{- $usesDisk = true -}}{{- end -}}
{{- end -}}
{{- $remembered := dig "metadata" "annotations" "ide.example.com/fs-group" "" $claim -}}
{{- if regexMatch `^[1-9][0-9]{0,8}$` $remembered -}}
{{- $remembered -}}
{{- else if and .Values.storage $usesDisk -}}
{{- with dig "spec" "securityContext" "fsGroup" "" $pod -}}{{- int64 . -}}{{- end -}}
{{- else if ne (dig "status" "phase" "" $claim) "Bound" -}}
1000
{{- end -}}
{{- end -}}

{{/* The claim of the machine's disk as JSON; an empty object if there is none. Call with the root. */}}
{{- define "devmachine.claim" -}}
{{- if not (hasKey . "devmachineClaim") -}}
{{- $_ := set . "devmachineClaim" (lookup "v1" "PersistentVolumeClaim" .Release.Namespace (include "devmachine.diskName" .) | default dict | toRawJson) -}}
{{- end -}}
{{- .devmachineClaim -}}
{{- end -}}
