{{/*
The Service; empty if the machine serves no port. Call with (dict "root" $ "start" $start).

The port has another name for each guard, here and in the pod. So an Ingress without the annotations of the authenticating
proxy never leads to a pod that has no password, in whatever order a controller sees a change of the guard.
*/}}
{{- define "devmachine.service" -}}
{{- $machine := include "devmachine.machine" .root | fromJson }}
{{- if int64 $machine.port }}
apiVersion: v1
kind: Service
metadata:
  name: {{ .root.Release.Name | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "devmachine.labels" .root | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "devmachine.selectorLabels" .root | nindent 4 }}
  ports:
    - name: {{ .start.portName }}
      port: 80
      targetPort: {{ .start.portName }}
      protocol: TCP
{{- end }}
{{- end -}}
