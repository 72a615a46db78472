"""Rules about Ansible inventories and kubespray clusters."""
